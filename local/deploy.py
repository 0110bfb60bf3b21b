"""Put template.yaml into the emulated AWS, as `sam deploy` puts it into a real one."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local.emulator import REGION, client
from local.host import Host, at_a_time
from local.runtime import FunctionSpec

ROOT = Path(__file__).resolve().parent.parent
STACK = "cutout"
CODE_BUCKET = "code"
TEMPLATE_KEY = "template.json"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/cutout:local"
WAIT_IN_QUEUE_SECONDS = 600
MANAGED_POLICIES: dict[str, str] = {}  # the template writes its statements out


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What the stack is called in the emulated AWS."""

    endpoint: str
    names: dict[str, str]  # logical id -> physical id
    api_url: str
    api_key: str


def transform(template: Path, parameters: dict[str, str]) -> dict[str, Any]:
    """The SAM template as plain CloudFormation: what `sam package` and AWS's own transform would make of it."""
    document = yaml_parse(template.read_text())
    for name, resource in document["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = f"s3://{CODE_BUCKET}/code.zip"
        elif resource["Type"] == "AWS::Serverless::Function" and properties.get("PackageType") == "Image":
            properties["ImageUri"] = IMAGE
        elif resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = f"s3://{CODE_BUCKET}/{name}.zip"
    defaults = {k: v["Default"] for k, v in document["Parameters"].items() if "Default" in v}
    translator = Translator(
        managed_policy_map=MANAGED_POLICIES,
        sam_parser=Parser(),
        boto_session=boto3.Session(region_name=REGION),
    )
    plain = translator.translate(sam_template=document, parameter_values=defaults | parameters)
    return cast(dict[str, Any], plain)


def deploy(
    endpoint: str,
    host: Host,
    parameters: dict[str, str],
    folder: Path,
    overrides: dict[str, str],
    *,
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> Deployed:
    """Create the stack and hand its functions to the host.

    ``overrides`` are environment variables that differ on one machine (the model's path: there is no image),
    ``numbers`` numbers of the chosen pace.
    """
    source = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]
    plain = transform(ROOT / "template.yaml", parameters)
    plain["Mappings"]["Pace"][parameters["Pace"]] |= numbers
    timeouts = _send_invocations_to(host, plain, source, parameters)
    client("s3", endpoint).create_bucket(Bucket=CODE_BUCKET)
    names = _create_stack(endpoint, plain, parameters)
    api_url = f"{endpoint}/_aws/execute-api/{names['Api']}/api"
    overrides = {"API_ADDRESS": api_url} | overrides  # AWS's own address leads nowhere from here
    for logical_id, seconds in timeouts.items():
        log = folder / f"{logical_id}.log"
        spec, role = _function(
            endpoint,
            source[logical_id],
            names[logical_id],
            timeout_seconds=seconds,
            log=log,
            overrides=overrides,
        )
        host.add(logical_id, spec, role)
    host.open()
    _gateway_responses(endpoint, plain, names["Api"])
    keys = client("apigateway", endpoint).get_api_keys(includeValues=True)["items"]
    return Deployed(
        endpoint=endpoint,
        names=names,
        api_url=api_url,
        api_key=keys[0]["value"],
    )


def _send_invocations_to(
    host: Host, plain: dict[str, Any], source: dict[str, Any], parameters: dict[str, str]
) -> dict[str, int]:
    """Route the functions to the host; answers each one's own time-out, which the host enforces.

    The emulator counts an invocation's time from the moment it is handed over. On a small machine it may have to
    wait for its turn first, which must not count: the emulator gets a longer time-out than the function has.
    """
    timeouts = {}
    for name, resource in plain["Resources"].items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Lambda::Function":
            timeouts[name] = _number(properties["Timeout"], plain, parameters)
            properties["Timeout"] = timeouts[name] + WAIT_IN_QUEUE_SECONDS
            variables = properties["Environment"]["Variables"]
            variables["MINISTACK_LAMBDA_PROXY_URL"] = f"{host.url}/invoke/{name}"
        elif resource["Type"] == "AWS::Lambda::EventSourceMapping":
            function = properties["FunctionName"]["Ref"]
            memory_mb = source[function]["Properties"]["MemorySize"]
            properties["ScalingConfig"]["MaximumConcurrency"] = at_a_time(memory_mb)
    return timeouts


def _number(value: Any, plain: dict[str, Any], parameters: dict[str, str]) -> int:
    """A number that may be looked up in the mapping for the pace."""
    if not isinstance(value, dict):
        return int(value)
    mapping, _, key = value["Fn::FindInMap"]
    return int(plain["Mappings"][mapping][parameters["Pace"]][key])


def _create_stack(endpoint: str, plain: dict[str, Any], parameters: dict[str, str]) -> dict[str, str]:
    cloudformation = client("cloudformation", endpoint)
    # By address, as every large template has to be given: in the call itself it may have 51,200 bytes.
    client("s3", endpoint).put_object(Bucket=CODE_BUCKET, Key=TEMPLATE_KEY, Body=json.dumps(plain).encode())
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{endpoint}/{CODE_BUCKET}/{TEMPLATE_KEY}",
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    while (stack := cloudformation.describe_stacks(StackName=STACK)["Stacks"][0])["StackStatus"].endswith(
        "IN_PROGRESS"
    ):
        time.sleep(0.05)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise RuntimeError(f"{stack['StackStatus']}: {stack.get('StackStatusReason')}")
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}


def _function(
    endpoint: str,
    source: dict[str, Any],
    name: str,
    *,
    timeout_seconds: int,
    log: Path,
    overrides: dict[str, str],
) -> tuple[FunctionSpec, str]:
    """A function as the host runs it, and the role it has."""
    deployed = client("lambda", endpoint).get_function_configuration(FunctionName=name)
    properties = source["Properties"]
    image = properties.get("PackageType") == "Image"
    handler = properties["ImageConfig"]["Command"][0] if image else properties["Handler"]
    folder = Path(source["Metadata"]["Dockerfile"]).parent if image else Path(properties["CodeUri"])
    variables = deployed["Environment"]["Variables"]
    variables = {k: overrides.get(k, str(v)) for k, v in variables.items() if not k.startswith("MINISTACK")}
    spec = FunctionSpec(
        name=name,
        arn=deployed["FunctionArn"],
        handler=handler,
        folder=ROOT / folder,
        python_path=(ROOT / "layers" / "cutout",),
        memory_mb=deployed["MemorySize"],
        timeout_seconds=timeout_seconds,
        environment=variables,
        log=log,
    )
    return spec, deployed["Role"]


def _gateway_responses(endpoint: str, plain: dict[str, Any], api: str) -> None:
    """The emulator's import leaves the gateway's own error bodies out: set them by hand and deploy again."""
    gateway = client("apigateway", endpoint)
    body = plain["Resources"]["Api"]["Properties"]["Body"]
    for kind, response in body["x-amazon-apigateway-gateway-responses"].items():
        gateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            responseTemplates=response["responseTemplates"],
            responseParameters=response.get("responseParameters", {}),
            **({"statusCode": str(response["statusCode"])} if "statusCode" in response else {}),
        )
    gateway.create_deployment(restApiId=api, stageName="api")
