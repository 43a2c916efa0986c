"""What reminders speak of, by how the name of their subject begins. What has no day is a notice: said once, at once."""

DEADLINE = "deadline:"
LEASE, LEASE_END = "lease:", "lease_end:"
PLACEMENT, HOLD = "placement:", "hold:"
BED_OFFER, HOUSING_REQUEST = "bed_offer:", "housing_request:"
NO_ANSWER = "no_answer:"
CLIENT_DEADLINE, CLIENT_APPOINTMENT = "client_deadline:", "client_appointment:"
DATED = (
    DEADLINE,
    LEASE,
    LEASE_END,
    PLACEMENT,
    HOLD,
    BED_OFFER,
    HOUSING_REQUEST,
    NO_ANSWER,
    CLIENT_DEADLINE,
    CLIENT_APPOINTMENT,
)
NOTICE = "notice:"
