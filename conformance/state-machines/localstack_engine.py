"""Plays scenarios in LocalStack's interpreter of Amazon States Language, without Docker and without any AWS service.

A scenario a line on standard input, an outcome a line on standard output (conformance/state-machines/scenario.ts). What a
Task calls is answered from the scenario; the waits before retries are left out.
"""

import json
import logging
import os
import re
import sys
import threading
import time
from unittest.mock import MagicMock

# Only answers belong on standard output.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
sys.stdout = sys.stderr
logging.disable(logging.CRITICAL)

# JSONata needs a Java bridge that JSONPath does without, and the engine a lock that Python has since 3.13.
for module in ("jpype", "jpype.imports", "jpype.types"):
    sys.modules[module] = MagicMock()
_lock = threading.Lock


class Lock:
    def __new__(cls):
        return _lock()


threading.Lock = Lock

from botocore.exceptions import ClientError  # noqa: E402
from localstack.services.stepfunctions.asl.component.common.retry import retrier_decl  # noqa: E402
from localstack.services.stepfunctions.asl.component.common.string import string_expression  # noqa: E402
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import (  # noqa: E402
    lambda_eval_utils,
    state_task_lambda,
)
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service import (  # noqa: E402
    state_task_service_callback,
    state_task_service_dynamodb,
    state_task_service_sns,
    state_task_service_sqs,
)
from localstack.services.stepfunctions.asl.component.state.state_wait.wait_function import wait_function  # noqa: E402
from localstack.services.stepfunctions.asl.eval.callback.callback import (  # noqa: E402
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)
from localstack.services.stepfunctions.asl.eval.evaluation_details import (  # noqa: E402
    AWSExecutionDetails,
    EvaluationDetails,
    ExecutionDetails,
    StateMachineDetails,
)
from localstack.services.stepfunctions.asl.eval.program_state import (  # noqa: E402
    ProgramEnded,
    ProgramError,
    ProgramTimedOut,
)
from localstack.services.stepfunctions.asl.utils.json_path import extract_json  # noqa: E402
from localstack.services.stepfunctions.backend.execution_worker import SyncExecutionWorker  # noqa: E402

LATE_SECONDS = 1.4
ROLE = "arn:aws:iam::000000000000:role/x"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:M"
EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:M:n"


class NoSleep:
    def __getattr__(self, name):
        return getattr(time, name)

    def sleep(self, seconds):
        pass


retrier_decl.time = NoSleep()
wait_function.WaitFunction._wait_interval = lambda *_, **__: None


class Calls:
    """What was called in the scenario that is played, and what it answers."""

    def __init__(self, answers):
        self.answers, self.counts, self.made = answers, {}, []
        self.tokens = {}
        self.guard = _lock()

    def answer(self, name, payload):
        with self.guard:
            self.made.append([name, payload])
            given = self.answers.get(name, [{"ok": {}}])
            count = self.counts.get(name, 0)
            self.counts[name] = count + 1
        answer = given[min(count, len(given) - 1)]
        if "late" in answer:
            time.sleep(LATE_SECONDS)
        return answer


current = Calls({})


def refused(code, operation):
    error = {"Code": code, "Message": "refused"}
    metadata = {"HTTPStatusCode": 400, "RequestId": "r"}
    return ClientError({"Error": error, "ResponseMetadata": metadata}, operation)


def called_name(arn):
    name = re.sub(r":live$", "", arn).split(":")[-1]
    return re.sub(r"[0-9A-F]{8}$", "", re.sub(r"(CurrentVersion|Live|live).*$", "", name))


def invoke(parameters, *_, **__):
    payload = parameters.get("Payload") or b"{}"
    payload = json.loads(payload)
    answer = current.answer(called_name(parameters["FunctionName"]), payload)
    if "token" in answer:
        current.tokens[payload["taskToken"]] = answer["token"]
    if "refused" in answer:
        raise refused(answer["refused"], "Invoke")
    if "fail" in answer:
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": answer["fail"]}
    return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": answer.get("ok", {})}


lambda_eval_utils._invoke_lambda_function = invoke


class Service:
    """A client of boto3 whose actions answer from the scenario."""

    def __init__(self, name, answer):
        self.name, self.result = name, answer

    def __getattr__(self, method):
        first, *rest = method.split("_")
        action = first + "".join(word.capitalize() for word in rest)

        def call(**parameters):
            answer = current.answer(f"{self.name}:{action}", parameters)
            if "refused" in answer:
                raise refused(answer["refused"], action)
            return dict(self.result)

        return call


state_task_service_sqs.boto_client_for = lambda **_: Service("sqs", {"MessageId": "m-1"})
state_task_service_sns.boto_client_for = lambda **_: Service("sns", {"MessageId": "m-1"})
state_task_service_dynamodb.boto_client_for = lambda **_: Service("dynamodb", {})

wait_for_token = state_task_service_callback.StateTaskServiceCallback._eval_wait_for_task_token


def send_back(self, env, timeout_seconds, callback_endpoint, heartbeat_endpoint):
    """What the scenario has for the token comes back before anybody waits for it."""
    token = callback_endpoint.callback_id
    answer = current.tokens.pop(token, None)
    if answer is not None and "ok" in answer:
        callback_endpoint.notify(CallbackOutcomeSuccess(token, json.dumps(answer["ok"])))
    elif answer is not None:
        callback_endpoint.notify(CallbackOutcomeFailure(token, answer["error"], answer["cause"]))
    return wait_for_token(self, env, timeout_seconds, callback_endpoint, heartbeat_endpoint)


state_task_service_callback.StateTaskServiceCallback._eval_wait_for_task_token = send_back


def read_variable(self, env):
    """The engine reads a variable by way of JSONata, in Java. A path into it needs neither."""
    name, rest = re.fullmatch(r"\$(\w+)(.*)", self.expression).groups()
    env.stack.append(extract_json("$" + rest, env.variable_store.get(name)))


string_expression.StringVariableSample._eval_body = read_variable


class Ended:
    def terminated(self):
        pass


def play(scenario):
    global current
    current = Calls(scenario.get("answers", {}))
    worker = SyncExecutionWorker(
        EvaluationDetails(
            AWSExecutionDetails("000000000000", "us-east-1", ROLE),
            ExecutionDetails(EXECUTION, "n", ROLE, scenario["input"], "2026-01-01T00:00:00Z"),
            StateMachineDetails(MACHINE, "M", "STANDARD", json.dumps(scenario["definition"])),
        ),
        Ended(),
        None,
        {},
    )
    worker.start()
    state = worker.env.program_state()
    history = worker.env.event_manager.get_event_history()
    entered = [e["stateEnteredEventDetails"]["name"] for e in history if "stateEnteredEventDetails" in e]
    outcome = {"states": entered, "calls": current.made}
    if isinstance(state, ProgramEnded):
        return {**outcome, "status": "SUCCEEDED", "output": worker.env.states.get_input()}
    if isinstance(state, ProgramError):
        error = state.error or {}
        told = {name: error[name] for name in ("error", "cause") if error.get(name) is not None}
        return {**outcome, "status": "FAILED", **told}
    if isinstance(state, ProgramTimedOut):
        return {**outcome, "status": "TIMED_OUT"}
    return {**outcome, "status": type(state).__name__}


for line in sys.stdin:
    try:
        outcome = play(json.loads(line))
    except Exception as error:
        outcome = {"status": "ENGINE", "error": repr(error)[:300], "states": [], "calls": current.made}
    answers.write(json.dumps(outcome) + "\n")
    answers.flush()
