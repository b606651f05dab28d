"""Validates manifests and runs their pods as processes; called by deploy/kubernetes/test.

pods.py KUBERNETES-VALIDATE FOLDER    FOLDER has base.yaml, keda.yaml and nightly.yaml
"""

import copy
import filecmp
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import yaml

repository = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(repository / "deploy/netns"))
import machines  # noqa: E402

validator, folder = sys.argv[1], pathlib.Path(sys.argv[2])
# Oldest and newest of the versions that matter: podFailurePolicy is stable since 1.31.
versions = ["1.31", "1.37"]


def fail(text):
    print(f"deploy/kubernetes/test: {text}", file=sys.stderr)
    sys.exit(4)


def binary():
    found = [os.environ.get("ROUTEGRID")] + [f"{repository}/.build/{kind}/routegrid" for kind in ("release", "debug")]
    for path in found:
        if path and os.access(path, os.X_OK):
            return os.path.realpath(path)
    fail("no binary: swift build -c release --product routegrid, or name one by ROUTEGRID")


def until(seconds, what, condition):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    fail(f"{what}: not after {seconds} s")


def documents(name):
    with open(folder / f"{name}.yaml") as file:
        return [document for document in yaml.safe_load_all(file) if document]


def named(documents, kind, name):
    for document in documents:
        if document["kind"] == kind and document["metadata"]["name"] == name:
            return document
    fail(f"no {kind} {name}")


def job(scaled):
    """A ScaledJob's job, for which there is a schema; there is none for KEDA's own kinds."""
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": scaled["metadata"], "spec": scaled["spec"]["jobTargetRef"]}


def validate():
    for name in ["base", "keda", "nightly"]:
        known = [job(item) if item["kind"] == "ScaledJob" else item for item in documents(name)]
        known = [item for item in known if item["kind"] not in ("Kustomization", "TriggerAuthentication")]
        with open(folder / f"{name}.known.yaml", "w") as file:
            yaml.safe_dump_all(known, file)
        for version in versions:
            words = [validator, "--strict", "--quiet", "-k", version, folder / f"{name}.known.yaml"]
            checked = subprocess.run(words, capture_output=True, text=True)
            if checked.returncode != 0:
                fail(f"{name} is not valid for Kubernetes {version}:\n{checked.stdout}{checked.stderr}")
        print(f"==> {name}: {len(known)} resources are valid for Kubernetes {' and '.join(versions)}", flush=True)
    for item in [item for name in ["base", "keda", "nightly"] for item in documents(name)]:
        template = find(item, "template")
        if template:
            check(item, template["spec"])
    # A job's pod is the deployment's, and ends when it is idle.
    one = named(documents("base"), "Deployment", "worker")["spec"]["template"]
    other = copy.deepcopy(named(documents("keda"), "ScaledJob", "worker")["spec"]["jobTargetRef"]["template"])
    arguments = other["spec"]["containers"][0]["args"]
    if other["spec"].pop("restartPolicy") != "Never" or arguments[-2:] != ["--idle-timeout", "60"]:
        fail("the ScaledJob's worker does not end when it is idle")
    del arguments[-2:]
    for template in [one, other]:
        template["metadata"].get("labels", {}).pop("app.kubernetes.io/part-of", None)
    if one != other:
        fail("the pods of the Deployment and the ScaledJob differ")


def find(item, key):
    if isinstance(item, dict):
        return item.get(key) or next(filter(None, (find(value, key) for value in item.values())), None)
    return None


def check(item, spec):
    """What the Pod Security Standard `restricted` asks for, and a read-only root."""
    name = f"{item['kind']} {item['metadata']['name']}"
    pod = spec["securityContext"]
    if not (pod["runAsNonRoot"] and pod["runAsUser"] > 0 and pod["seccompProfile"]["type"] == "RuntimeDefault"):
        fail(f"{name}: the pod may do too much")
    if spec["automountServiceAccountToken"]:
        fail(f"{name}: it has a token of the cluster")
    for container in spec["containers"] + spec.get("initContainers", []):
        own = container["securityContext"]
        if own["allowPrivilegeEscalation"] or not own["readOnlyRootFilesystem"] or own["capabilities"]["drop"] != ["ALL"]:
            fail(f"{name}: container {container['name']} may do too much")


# What a kubelet does, on an overlay of this machine's own root folder. Arguments: a folder, hosts, program, jobs, user, group,
# how many volumes, SOURCE=TARGET of each, the command.
CONTAINED = r"""
set -euo pipefail
base=$1 hosts=$2 program=$3 jobs=$4 user=$5 group=$6 volumes=$7
shift 7
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
root=$base/root
mkdir -p "$root/usr/local/share/routegrid/jobs" "$root/var/lib/routegrid" "$root/var/cache/routegrid"
install -m 755 "$program" "$root/usr/local/bin/routegrid"
mount --bind "$jobs" "$root/usr/local/share/routegrid/jobs"
echo 'hosts: files' >"$root/etc/nsswitch.conf"
cp "$hosts" "$root/etc/hosts"
for place in tmp run; do mount -t tmpfs -o mode=755,ro tmpfs "$root/$place"; done
for ((i = 0; i < volumes; i++)); do
    if ! [[ -d $root/${1#*=} ]]; then
        mount -o remount,rw "$root/run"
        mkdir -p "$root${1#*=}"
        mount -o remount,ro "$root/run"
    fi
    mount --bind "${1%%=*}" "$root${1#*=}"
    shift
done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
    env -i PATH=/usr/local/bin:/usr/bin:/bin "$@"
"""


class Pod:
    """A pod of a manifest on a machine of its own; its containers run one after the other, the last one stays."""

    def __init__(self, cluster, template, name, number):
        self.cluster, self.spec, self.name = cluster, template["spec"], name
        self.machine = cluster.network.machine(name, number)
        self.folder = cluster.scratch / name
        self.folder.mkdir()
        self.volumes = {volume["name"]: self.volume(volume) for volume in self.spec.get("volumes", [])}
        self.log = open(self.folder / "log", "w")
        self.process = None

    def owned(self, path, mode, group=None):
        os.chown(path, 0, self.spec["securityContext"]["fsGroup"] if group is None else group)
        os.chmod(path, mode)

    def volume(self, volume):
        path = self.folder / volume["name"]
        if "persistentVolumeClaim" in volume:
            return self.cluster.claim(volume["persistentVolumeClaim"]["claimName"], self)
        path.mkdir()
        self.owned(path, 0o2777)
        if "secret" in volume:
            # A kubelet puts files in a folder beside and lets ..data and the names lead there.
            (path / "..1").mkdir()
            (path / "..data").symlink_to("..1")
            for key, content in self.cluster.secrets[volume["secret"]["secretName"]].items():
                (path / "..1" / key).write_bytes(content)
                # The group of fsGroup may read what root may.
                self.owned(path / "..1" / key, volume["secret"]["defaultMode"] | 0o040)
                (path / key).symlink_to(f"..data/{key}")
            for place in [path, path / "..1"]:
                self.owned(place, 0o755)
        return path

    def words(self, container):
        environment = {}
        for variable in container.get("env", []):
            field = variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
            environment[variable["name"]] = self.name if field == "metadata.name" else variable["value"]
        words = container.get("command", ["/usr/local/bin/routegrid"]) + container.get("args", [])
        for key, value in environment.items():
            words = [word.replace(f"$({key})", value) for word in words]
        return [f"{key}={value}" for key, value in environment.items()], words

    def contained(self, container):
        security = {**self.spec["securityContext"], **container["securityContext"]}
        mounts = [f"{self.volumes[mount['name']]}={mount['mountPath']}" for mount in container["volumeMounts"]]
        environment, words = self.words(container)
        base = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        return [
            "unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "bash", "-c", CONTAINED, "-",
            base, self.cluster.hosts, self.cluster.program, repository / "jobs", security["runAsUser"],
            security["runAsGroup"], len(mounts), *mounts, *environment, *words,
        ]  # fmt: skip

    def start(self):
        for container in self.spec.get("initContainers", []):
            ended = self.machine.run([str(word) for word in self.contained(container)], stderr=self.log, stdout=self.log)
            if ended.returncode != 0:
                fail(f"{self.name}: container {container['name']} ended with {ended.returncode}")
        (container,) = self.spec["containers"]
        print(f"    {self.name}: {' '.join(self.words(container)[1]).splitlines()[0]}", flush=True)
        words = [str(word) for word in self.contained(container)]
        self.process = self.machine.start(words, stderr=self.log, stdout=self.log, stdin=subprocess.DEVNULL)
        return self

    @property
    def first(self):
        """The machine's number of the pod's PID 1."""
        def find():
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            names = [pathlib.Path(f"/proc/{child}/comm").read_text().strip() for child in children]
            return children[0] if names in (["routegrid"], ["sh"]) else None

        return until(20, f"{self.name} starts", find)

    def execute(self, words, **options):
        """As `kubectl exec` does, and probes."""
        security = self.spec["securityContext"]
        root = f"/proc/{self.first}/root"
        inside = ["nsenter", "--target", self.first, "--all", f"--root={root}", "--wd=/", "setpriv", "--reuid", str(security["runAsUser"]),
                  "--regid", str(security["runAsGroup"]), "--clear-groups", "env", "-i",
                  "PATH=/usr/local/bin:/usr/bin:/bin", *words]  # fmt: skip
        return subprocess.run(inside, capture_output=True, text=True, **options)

    def probe(self, name):
        """Whether a probe of its container succeeds."""
        (container,) = self.spec["containers"]
        probe = container[name]
        if "exec" in probe:
            try:
                return self.execute(probe["exec"]["command"], timeout=probe["timeoutSeconds"]).returncode == 0
            except subprocess.TimeoutExpired:
                return False
        port = next(item["containerPort"] for item in container["ports"] if item["name"] == probe["tcpSocket"]["port"])
        script = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)"
        address = self.machine.addresses[0].split("/")[0]
        return self.machine.run([sys.executable, "-c", script, address, str(port)], capture_output=True).returncode == 0

    def stop(self, code=143):
        """As the deletion of a pod does: SIGTERM, and time."""
        os.kill(int(self.first), signal.SIGTERM)
        try:
            ended = self.process.wait(self.spec["terminationGracePeriodSeconds"])
        except subprocess.TimeoutExpired:
            fail(f"{self.name} has not ended within its terminationGracePeriodSeconds")
        if ended != code:
            fail(f"{self.name} ended with {ended}, not with {code}")


class Cluster:
    def __init__(self, network, scratch, program):
        self.network, self.scratch, self.program = network, scratch, program
        self.secrets, self.claims = {}, {}
        self.hosts = scratch / "hosts"
        service = named(documents("base"), "Service", "head")["metadata"]["name"]
        self.hosts.write_text(f"127.0.0.1 localhost\n{network.four}.1 {service}\n")

    def claim(self, name, pod):
        if name not in self.claims:
            self.claims[name] = self.scratch / f"claim-{name}"
            self.claims[name].mkdir()
            pod.owned(self.claims[name], 0o2775)
        return self.claims[name]

    def make_secret(self, coordinator, name, role):
        """What README.md does: an invite from the coordinator's pod, a key file of it, a secret of the file."""
        words = ["routegrid", "keys", "invite", name, "--role", role, "--state", "/var/lib/routegrid/state", "--connect",
                 "tcp://head:7557"]  # fmt: skip
        if role == "worker":
            words += ["--uses", "1000", "--expires", "30d"]
        invite = coordinator.execute(words, timeout=30)
        if invite.returncode != 0:
            fail(f"keys invite: {invite.stderr}")
        file = self.scratch / f"{name}.key"
        subprocess.run([self.program, "keys", "accept", file], input=invite.stdout, text=True, check=True,
                       capture_output=True)  # fmt: skip
        self.secrets[name] = {"key": file.read_bytes()}


def run(network, scratch, program):
    print("==> A run on one machine, to compare with", flush=True)
    local = scratch / "local"
    subprocess.run([program, "run", repository / "jobs/demo.yaml", "--workers", "2", "--state", scratch / "state", "--out",
                    local, "--output", "quiet", "--quiet"], check=True)  # fmt: skip
    print("==> Pods", flush=True)
    cluster = Cluster(network, scratch, program)
    base, keda, nightly = documents("base"), documents("keda"), documents("nightly")
    stateful = named(base, "StatefulSet", "coordinator")["spec"]
    template = stateful["template"]
    for claim in stateful["volumeClaimTemplates"]:
        name = claim["metadata"]["name"]
        template["spec"]["volumes"].append({"name": name, "persistentVolumeClaim": {"claimName": f"{name}-coordinator-0"}})
    coordinator = Pod(cluster, template, "coordinator-0", 1).start()
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"]:
        until(30, f"the coordinator's {probe}", lambda: coordinator.probe(probe))
    for name, role in [("worker", "worker"), ("reader", "reader"), ("client", "client")]:
        cluster.make_secret(coordinator, name, role)
    worker = named(base, "Deployment", "worker")["spec"]["template"]
    workers = [Pod(cluster, worker, f"worker-{i}", 2 + i).start() for i in range(2)]
    cluster.secrets["dashboard"] = {"token": b"a-token-of-this-test\n"}
    page = Pod(cluster, named(base, "Deployment", "dashboard")["spec"]["template"], "dashboard", 8).start()
    for probe in ["readinessProbe", "livenessProbe"]:
        until(60, f"the dashboard's {probe}", lambda: page.probe(probe))
    aggregator = Pod(cluster, named(base, "Deployment", "aggregator")["spec"]["template"], "aggregator", 5).start()
    job = Pod(cluster, named(nightly, "CronJob", "nightly")["spec"]["jobTemplate"]["spec"]["template"], "nightly", 6).start()

    def status():
        words = ["routegrid", "status", "--connect", "tcp://127.0.0.1:7557", "--output", "json"]
        return json.loads(coordinator.execute(words, timeout=30).stdout or "{}")

    until(120, "a record", lambda: any(run["done"] > 0 for run in status().get("runs", [])))
    print("==> A worker's pod is deleted, and another one comes", flush=True)
    workers[0].stop()
    workers.append(Pod(cluster, worker, "worker-2", 4).start())
    print("==> The coordinator's pod is deleted, and comes back on its volume", flush=True)
    coordinator.stop()
    coordinator.machine.close()
    network.machines.remove(coordinator.machine)
    coordinator = Pod(cluster, template, "coordinator-0b", 1).start()
    if job.process.wait(300) != 0:
        fail(f"the nightly job ended with {job.process.returncode}")
    failed = [run["failed"] for run in status()["runs"]]
    if failed != [0]:
        fail(f"cells failed: {failed}")
    night = cluster.claims["nights"] / "demo/latest/records.jsonl"
    if not filecmp.cmp(local / "records.jsonl", night, shallow=False):
        fail("the records differ from those of a run on one machine")
    print("==> The dashboard says how many workers are wanted, to who shows its token", flush=True)
    script = (
        "import sys, urllib.request, urllib.error\n"
        "head = {'Host': sys.argv[2], **({'Authorization': 'Bearer ' + sys.argv[3]} if sys.argv[3] else {})}\n"
        "try: print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers=head), timeout=10).read().decode())\n"
        "except urllib.error.HTTPError as error: print('code', error.code)\n"
    )
    address = page.machine.addresses[0].split("/")[0]
    for host, token, expected in [
        ("dashboard:7558", "a-token-of-this-test", "routegrid_workers_wanted"), ("dashboard:7558", "", "code 401"),
        ("elsewhere:7558", "a-token-of-this-test", "code 421"),
    ]:  # fmt: skip
        words = [sys.executable, "-c", script, f"http://{address}:7558/metrics", host, token]
        found = page.machine.run(words, capture_output=True, text=True)
        if expected not in found.stdout:
            fail(f"the dashboard for {host}, token {token!r}: {found.stdout}{found.stderr}")
    board = cluster.claims["boards"] / "board"
    until(60, "the aggregator's board", lambda: any(
        filecmp.cmp(local / "records.jsonl", path, shallow=False) for path in board.glob("*/records.jsonl")
    ))  # fmt: skip
    print("==> A ScaledJob's worker ends by itself when it is idle", flush=True)
    idle = copy.deepcopy(named(keda, "ScaledJob", "worker")["spec"]["jobTargetRef"]["template"])
    arguments = idle["spec"]["containers"][0]["args"]
    arguments[arguments.index("--idle-timeout") + 1] = "1"
    if Pod(cluster, idle, "worker-job", 7).start().process.wait(60) != 0:
        fail("the idle worker did not end with 0")
    for pod in [*workers[1:], aggregator, page, coordinator]:
        pod.stop()


validate()
scratch = pathlib.Path(tempfile.mkdtemp(prefix="routegrid-pods-"))
# Its user must reach what is bound from here.
scratch.chmod(0o755)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
isKept = True
try:
    with machines.Network() as network:
        run(network, scratch, binary())
    isKept = False
finally:
    if isKept:
        for log in scratch.glob("*/log"):
            print(f"==> {log.parent.name}\n" + "".join(log.read_text().splitlines(True)[-15:]), file=sys.stderr)
    subprocess.run(["rm", "-rf", "--one-file-system", scratch])
print("==> All is well")
