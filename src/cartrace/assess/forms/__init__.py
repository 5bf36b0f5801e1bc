"""What registry forms ask about the episodes of CRS and ICANS, answered from the record.

In: `Course` and its assessments. Out: an `EpisodeForm` per syndrome: each field an answer or the reason why there is none.
Decided here: nothing; field names are our own words, the forms themselves are not reproduced.
"""

from cartrace.assess.forms.episode_form import Answer, EpisodeForm, episode_forms
from cartrace.assess.forms.spans import EpisodeSpan, spans

__all__ = ["Answer", "EpisodeForm", "EpisodeSpan", "episode_forms", "spans"]
