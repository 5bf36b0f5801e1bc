from dataclasses import fields

from cartrace.engine.job import Job
from cartrace.engine.kernel import driver_source


def test_the_record_that_code_reads_has_the_fields_of_the_record_that_python_reads():
    assert list(driver_source().fields) == [field.name for field in fields(Job)]


def test_every_field_has_a_kind_that_can_be_compiled():
    assert set(driver_source().fields.values()) <= {"int", "float", "Floats", "Ints", "Slots", "Function", "Functions"}
