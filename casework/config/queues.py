"""Which kind of work waits in which queue: by how soon somebody would miss it.

A worker takes from `now` as long as anything is in it, then from `soon`, then from `bulk`. Whatever is in hand is finished
first, so nothing in any queue holds a process for long: what is long is cut into pieces or takes turns (`accounts.pieces`,
`accounts.jobs.TURN`). Every task that there is stands here; `tests/guards/test_queues.py` says which does not.
"""

NOW, SOON, BULK = "now", "soon", "bulk"

TASKS: dict[str, tuple[str, ...]] = {
    # Must go within seconds: what people are told, what proves who did what, what releases or warns.
    NOW: (
        "reminders.plan",
        "reminders.deliver",
        "reminders.watch",
        "audit.seal",
        "accounts.canary",
        "accounts.forget_counters",
        "housing.release_holds",
        "lifecycle.compare_people",
        "documents.check_scans",
    ),
    # Somebody has asked for it and looks at how far it is, or comes back for it in some minutes.
    SOON: (
        "web.make_export",
        "lifecycle.work_on_import",
        "residency.work_on_impact",
        "reports.sweep_exports",
        "lifecycle.resume_imports",
        "residency.resume_impacts",
        "residency.resume_refreshes",
        "lifecycle.resume_scoring",
        "lifecycle.reconcile_erasures",
        "lifecycle.lapse_transfers",
        "clients.ask_for_overdue_answers",
        "residency.refresh_stale",
        "lifecycle.score_changed",
    ),
    # The whole caseload, and what is forgotten by night: nobody waits, and it may take hours.
    BULK: (
        "residency.refresh_all",
        "residency.refresh_piece",
        "lifecycle.score_everybody",
        "lifecycle.score_all",
        "lifecycle.compare_missed",
        "lifecycle.destroy_replaced_keys",
        "lifecycle.throw_away_merged_rows",
        "lifecycle.forget_old_imports",
        "clients.recompute_instants",
        "residency.purge_impacts",
        "residency.forget_uploads",
        "reminders.purge",
        "reports.forget_old_donor_reports",
        "accounts.forget_old_jobs",
        "accounts.forget_old_drafts",
        "documents.sweep_scans",
    ),
}

ROUTES = {task: {"queue": queue} for queue, tasks in TASKS.items() for task in tasks}
# In the order in which a worker that names none looks into them. Each has an exchange of its own: with one for all, a message
# would lie in every queue.
QUEUES = {name: {"exchange": name, "routing_key": name} for name in TASKS}
TRANSPORT = {
    # What a worker took and has not finished is given to another one after so many seconds.
    "visibility_timeout": 600,
    # In the order in which the queues are named; kombu's own default is one from each in turn.
    "queue_order_strategy": "priority",
}
