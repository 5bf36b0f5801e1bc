"""Response in B-ALL: marrow and counts, MRD, extramedullary sites.

In: `Course`. Out: `Assessment` of the rules response.ball, response.mrd and response.extramedullary.
Decided here: nothing; each rule's own file says what it decides, best.py how the best response is chosen.
"""
