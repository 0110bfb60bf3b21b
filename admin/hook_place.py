"""Where the hooks of a stack lie: documents in its work bucket, secrets in Secrets Manager."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from admin.changes import NotChanged
from admin.place import Clients
from cutout.service.hook_shelf import etags_of
from cutout.service.keys import hook_key

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


@dataclass(frozen=True, kw_only=True)
class HookPlace:
    """Reads and writes hooks. What the functions are told is read from the API function's environment."""

    s3: "S3Client"
    secrets: "SecretsManagerClient"
    bucket: str
    source_bucket: str
    bucket_account: str
    secret_prefix: str
    allow_private_callbacks: bool
    fetch_exceptions: frozenset[str]

    def names(self) -> Iterator[str]:
        """All hooks, in the order of their names."""
        return iter(sorted(etags_of(self.s3, self.bucket)))

    def document(self, name: str) -> bytes:
        """A hook's document; raises NotChanged if there is none."""
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=hook_key(name))["Body"].read()
        except self.s3.exceptions.NoSuchKey as error:
            raise NotChanged(f"There is no hook {name!r}.") from error

    def put(self, name: str, document: bytes) -> None:
        """Write a hook's document."""
        self.s3.put_object(
            Bucket=self.bucket, Key=hook_key(name), Body=document, ContentType="application/json"
        )

    def remove(self, name: str) -> None:
        """Take a hook away, then its secret; the sender has that, too, so nobody needs to get it back."""
        self.document(name)
        self.s3.delete_object(Bucket=self.bucket, Key=hook_key(name))
        if self.secret(name) is not None:
            self.secrets.delete_secret(SecretId=self.secret_name(name), ForceDeleteWithoutRecovery=True)

    def secret_name(self, name: str) -> str:
        """What the hook's secret is called."""
        return f"{self.secret_prefix}/{name}"

    def secret(self, name: str) -> str | None:
        """The hook's secrets, one a line; None if there are none."""
        try:
            return self.secrets.get_secret_value(SecretId=self.secret_name(name))["SecretString"]
        except self.secrets.exceptions.ResourceNotFoundException:
            return None

    def put_secret(self, name: str, text: str) -> None:
        """Keep the hook's secrets."""
        try:
            self.secrets.put_secret_value(SecretId=self.secret_name(name), SecretString=text)
        except self.secrets.exceptions.ResourceNotFoundException:
            self.secrets.create_secret(Name=self.secret_name(name), SecretString=text)


def hook_place_of(clients: Clients, stack: str) -> HookPlace:
    """The hooks of the stack of this name."""
    described = clients("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId="ApiFunction"
    )
    function = described["StackResourceDetail"]["PhysicalResourceId"]
    variables = clients("lambda").get_function_configuration(FunctionName=function)["Environment"][
        "Variables"
    ]
    return HookPlace(
        s3=clients("s3"),
        secrets=clients("secretsmanager"),
        bucket=variables["WORK_BUCKET"],
        source_bucket=variables["SOURCE_BUCKET"],
        bucket_account=variables["BUCKET_ACCOUNT"],
        secret_prefix=variables["HOOK_SECRETS"],
        allow_private_callbacks=variables["ALLOW_PRIVATE_CALLBACKS"] == "true",
        fetch_exceptions=frozenset(filter(None, variables["FETCH_EXCEPTIONS"].split(","))),
    )
