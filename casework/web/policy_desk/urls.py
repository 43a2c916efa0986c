from django.urls import path

from .views import desk, drafts, examples, reviews, verifications

urlpatterns = [
    path("policy-desk/", desk.policy_desk, name="policy_desk"),
    path("policy-desk/rules/", desk.rules_to_check, name="rules_to_check"),
    path("policy-desk/rules/<int:number>/verify/", verifications.verify_rule, name="verify_rule"),
    path("policy-desk/verifications/<int:number>/undo/", verifications.undo_verification, name="undo_verification"),
    path("policy-desk/drafts/<int:number>/", drafts.rule_draft, name="rule_draft"),
    path("policy-desk/drafts/<int:number>/ask-for-review/", reviews.ask_for_review, name="ask_for_review"),
    path("policy-desk/drafts/<int:number>/take-back/", reviews.take_back_review, name="take_back_review"),
    path("policy-desk/drafts/<int:number>/return/", reviews.return_draft, name="return_draft"),
    path("policy-desk/drafts/<int:number>/approve/", reviews.approve_draft, name="approve_draft"),
    path("policy-desk/drafts/<int:number>/examples/<int:place>/", examples.rule_example, name="rule_example"),
]
