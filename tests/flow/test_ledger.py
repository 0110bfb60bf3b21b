"""The ledger on the emulated DynamoDB, step by step: what is held, charged and given back, and when.

Each test has accounts of its own; the jobs are rows of the table only.
"""

from customers import DEADLINE, DONE, FAILED, NOW, Make, cap


def test_a_job_goes_from_balance_to_held_to_charged(customer: Make) -> None:
    one = customer(1000)
    job = one.job()

    assert one.admit(job) is True
    assert one.figures() == (900, 100, 0, 0)
    assert one.table.finish(job, DONE, 0.0001, NOW)
    assert one.figures() == (900, 0, 100, 1)
    assert one.differences() == []


def test_a_failed_job_gives_its_hold_back_and_is_not_charged(customer: Make) -> None:
    one = customer(100)
    job = one.job()
    one.admit(job)

    assert one.table.fail(job.id, FAILED, NOW)

    assert one.figures() == (100, 0, 0, 0)
    assert one.admit(one.job()) is True


def test_an_account_made_at_first_use_is_unlimited_unless_the_stack_says_otherwise(customer: Make) -> None:
    free, poor = customer(None), customer(0)

    assert (free.admit(free.job()), poor.admit(poor.job())) == (True, "insufficient_credits")
    assert free.figures() == (-100, 100, 0, 0)
    assert poor.figures() == (0, 0, 0, 0)
    assert free.differences() == poor.differences() == []


def test_what_is_free_needs_no_balance_and_is_counted(customer: Make) -> None:
    one = customer(0)
    job = one.job(price=0)

    assert one.admit(job) is True
    assert one.table.finish(job, DONE, 0.0001, NOW)
    assert one.figures() == (0, 0, 0, 1)
    assert one.differences() == []


def test_a_payer_pays_for_somebody_else_s_job(customer: Make) -> None:
    payer, sender = customer(100), customer(0)
    job = sender.job().model_copy(update={"payer": payer.id})

    assert payer.table.create(job, DEADLINE, NOW)
    payer.table.finish(job, DONE, 0.0001, NOW)

    assert payer.figures() == (0, 0, 100, 1)
    assert sender.table.ledger.find(sender.id) is None


def test_a_failed_job_gives_its_room_below_the_cap_back(customer: Make) -> None:
    one = customer(None)
    cap(one, 100)
    job = one.job()
    one.admit(job)
    assert one.admit(one.job()) == "monthly_cap_reached"

    one.table.fail(job.id, FAILED, NOW)

    assert one.admit(one.job()) is True


def test_a_new_month_has_its_own_room_and_an_old_hold_stays_in_its_month(customer: Make) -> None:
    one = customer(None)
    cap(one, 100)
    november, december = one.job(), one.job()
    one.admit(november)

    assert one.admit(december, "2026-12-01T00:00:00.000Z") is True
    one.table.finish(november, DONE, 0.0001, "2026-12-01T00:00:01.000Z")
    one.table.fail(december.id, FAILED, "2027-01-01T00:00:00.000Z")

    assert one.figures("2026-11") == (-100, 0, 100, 1)
    assert one.figures("2026-12") == (-100, 0, 0, 0)
    assert one.differences() == []


def test_a_refused_upload_is_a_failed_job_that_holds_nothing(customer: Make) -> None:
    one = customer(0)
    job = one.job()

    assert one.table.refuse(job, FAILED, NOW)
    assert not one.table.refuse(job, FAILED, NOW)

    state = one.table.find(job.id)
    assert state is not None
    assert (state.status, state.taken.amount) == ("failed", 0)
    assert not one.table.finish(job, DONE, 0.0001, NOW)


def test_a_job_from_before_there_were_accounts_ends_free(customer: Make) -> None:
    """It lies in the table without a hold, and its message is still under way when the new version is deployed."""
    one = customer(None)
    job = one.job()
    one.table.client.put_item(
        TableName=one.table.name,
        Item={
            "pk": {"S": f"job#{job.id}"},
            "sk": {"S": "job"},
            "job": {"S": job.model_dump_json()},
            "status": {"S": "matted"},
            "updated": {"S": NOW},
        },
    )

    assert one.table.finish(job, DONE, 0.0001, NOW)

    one.admit(one.job())
    assert one.figures() == (-100, 100, 0, 1)
    assert one.differences() == []
