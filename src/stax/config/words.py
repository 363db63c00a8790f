"""The last part of a generated name."""

WORDS = (
    "arranging", "backbeating", "belting", "bending", "brassing", "brushing", "chiming", "clapping",
    "crooning", "cutting", "dancing", "digging", "drumming", "echoing", "fading", "feedbacking", "fiddling",
    "fingerpicking", "funking", "gliding", "grooving", "harmonizing", "hollering", "horning", "humming",
    "improvising", "jamming", "jiving", "looping", "mastering", "mixing", "organizing", "overdubbing",
    "phrasing", "picking", "piping", "playing", "plucking", "preaching", "pressing", "quartering", "recording",
    "resonating", "ringing", "rocking", "rolling", "scatting", "shuffling", "signing", "sliding", "soothing",
    "spinning", "stamping", "stomping", "strumming", "swaying", "swinging", "syncopating", "tapping",
    "testifying", "thumping", "toasting", "tracking", "trumpeting", "tuning", "twanging", "wailing", "whistling",
)  # fmt: skip
"""What goes on in a studio; each a plain lower-case word, so that a name can be said aloud."""
