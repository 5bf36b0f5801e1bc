"""The shelf of rules: an explicit list. A rule that is not here does not exist for the rest of cartrace."""

from __future__ import annotations

from cartrace.assess.bcell import aplasia, hypogammaglobulinaemia
from cartrace.assess.cns import cog as cns_cog
from cartrace.assess.crs import astct2019 as crs_astct2019
from cartrace.assess.crs import bnhl2022, cartox2018, lee2014, mskcc2018, penn2018, severe_davila2014
from cartrace.assess.crs import ctcae5 as crs_ctcae5
from cartrace.assess.crs_risk import hay2017
from cartrace.assess.cytopenia import definitions as cytopenia
from cartrace.assess.easix import pennisi2021 as easix
from cartrace.assess.hematotox import rejeski2021 as hematotox
from cartrace.assess.hyperinflammation import hlh2004, hscore_fardet2014, iechs_hines2023, mas2016
from cartrace.assess.icaht import early_rejeski2023 as icaht_early
from cartrace.assess.icaht import late_rejeski2023 as icaht_late
from cartrace.assess.icaht import recovery_rejeski2021 as recovery
from cartrace.assess.icaht import ticaht_early2025 as ticaht_early
from cartrace.assess.icaht import ticaht_late2025 as ticaht_late
from cartrace.assess.icans import astct2019 as icans_astct2019
from cartrace.assess.icans import cres2018
from cartrace.assess.labs import ctcae5, ctcae6
from cartrace.assess.relapse import pontedilegno2022 as relapse_pontedilegno2022
from cartrace.assess.response import ball, cibmtr, extramedullary, lugano2014, mrd, nccn, nci2010, pontedilegno2022
from cartrace.assess.rule import Rule
from cartrace.assess.tls import cairobishop2004, howard2011
from cartrace.errors import UnknownTerm
from cartrace.vocabulary import terms

RULES: tuple[Rule, ...] = (
    crs_astct2019.RULE,
    lee2014.RULE,
    penn2018.RULE,
    cartox2018.RULE,
    mskcc2018.RULE,
    crs_ctcae5.RULE,
    bnhl2022.RULE,
    severe_davila2014.RULE,
    icans_astct2019.RULE,
    cres2018.RULE,
    icaht_early.RULE,
    icaht_late.RULE,
    ticaht_early.RULE,
    ticaht_late.RULE,
    recovery.RULE,
    hematotox.RULE,
    *cytopenia.RULES,
    aplasia.RULE,
    hypogammaglobulinaemia.RULE,
    ball.RULE,
    cibmtr.RULE,
    nci2010.RULE,
    nccn.RULE,
    pontedilegno2022.RULE,
    mrd.RULE,
    extramedullary.RULE,
    lugano2014.RULE,
    cns_cog.RULE,
    relapse_pontedilegno2022.RULE,
    *ctcae5.RULES,
    iechs_hines2023.RULE,
    hscore_fardet2014.RULE,
    hlh2004.RULE,
    mas2016.RULE,
    *ctcae6.RULES,
    *easix.RULES,
    cairobishop2004.RULE,
    howard2011.RULE,
    hay2017.RULE,
)


def rule(name: str) -> Rule:
    """The rule with this id (with or without @version), or `UnknownTerm` with the nearest ones."""
    wanted = name.split("@")[0]
    for candidate in RULES:
        if wanted == candidate.id and name in (candidate.id, candidate.name):
            return candidate
    names = {candidate.id for candidate in RULES} | {candidate.id.partition(".")[0] for candidate in RULES}
    raise UnknownTerm("rule", name, nearest=terms.nearest(name, sorted(names)), listed_by="cartrace rules")


def rules_of(prefix: str) -> tuple[Rule, ...]:
    """Every rule whose id is `prefix` or begins with `prefix` and a dot, e.g. "icaht"."""
    return tuple(r for r in RULES if r.id == prefix or r.id.startswith(prefix + "."))
