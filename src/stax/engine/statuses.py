"""Every status a stack can have, and what each verb does about it: one table, no surprises."""

from enum import Enum


class Answer(Enum):
    """What a verb does when it finds a stack in some status."""

    PROCEED = "proceed"
    FOLLOW = "follow what is under way, then finish"
    SETTLED = "it is there already"
    CLEAR = "remove what is left, then begin again"
    WAIT = "wait until it has settled, then look again"
    REFUSE_BUSY = "another operation is under way"
    REFUSE_BROKEN = "it must be repaired or destroyed first"


P, F, S, C, W, B, X = (
    Answer.PROCEED,
    Answer.FOLLOW,
    Answer.SETTLED,
    Answer.CLEAR,
    Answer.WAIT,
    Answer.REFUSE_BUSY,
    Answer.REFUSE_BROKEN,
)

#                                                  create update repair destroy
ANSWERS: dict[str, tuple[Answer, Answer, Answer, Answer]] = {
    "CREATE_IN_PROGRESS":                           (F, B, B, P),
    "CREATE_FAILED":                                (C, X, X, P),
    "CREATE_COMPLETE":                              (S, P, P, P),
    "ROLLBACK_IN_PROGRESS":                         (C, B, B, W),
    "ROLLBACK_FAILED":                              (C, X, X, P),
    "ROLLBACK_COMPLETE":                            (C, X, X, P),
    "DELETE_IN_PROGRESS":                           (C, B, B, F),
    "DELETE_FAILED":                                (C, X, X, P),
    "DELETE_COMPLETE":                              (P, X, X, P),
    "UPDATE_IN_PROGRESS":                           (B, B, B, W),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":          (B, B, B, W),
    "UPDATE_COMPLETE":                              (S, P, P, P),
    "UPDATE_FAILED":                                (X, P, P, P),
    "UPDATE_ROLLBACK_IN_PROGRESS":                  (B, B, B, W),
    "UPDATE_ROLLBACK_FAILED":                       (X, X, P, P),
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": (B, B, B, W),
    "UPDATE_ROLLBACK_COMPLETE":                     (S, P, P, P),
    "REVIEW_IN_PROGRESS":                           (C, X, X, P),
    "IMPORT_IN_PROGRESS":                           (B, B, B, W),
    "IMPORT_COMPLETE":                              (S, P, P, P),
    "IMPORT_ROLLBACK_IN_PROGRESS":                  (B, B, B, W),
    "IMPORT_ROLLBACK_FAILED":                       (X, X, X, P),
    "IMPORT_ROLLBACK_COMPLETE":                     (S, P, P, P),
}  # fmt: skip

VERBS = ("create", "update", "repair", "destroy")


def answer(verb: str, status: str) -> Answer:
    """Return what a verb does about a status; one that AWS has invented since is refused, except by destroy."""
    if status not in ANSWERS:
        return Answer.PROCEED if verb == "destroy" else Answer.REFUSE_BROKEN
    return ANSWERS[status][VERBS.index(verb)]
