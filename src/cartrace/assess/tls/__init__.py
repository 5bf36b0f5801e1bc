"""Tumour lysis syndrome: Cairo-Bishop 2004 and its modification of 2011, around lymphodepletion and around the infusion."""
