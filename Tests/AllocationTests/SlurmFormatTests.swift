import Allocation
import Foundation
import RouteGridBase
import Scheduling
import TestSupport
import Testing

struct SlurmJobTests {
    /// As Slurm 22.05 prints them, and the same in codes.
    @Test(
        arguments: [
            """
            12_5|PENDING||rg-x|Resources
            12_1|RUNNING|n0|rg-x|None
            12_2|COMPLETED|n1|rg-x|None
            12_3|CANCELLED by 1000|n1|rg-x|None
            12_4|FAILED|n0|rg-x|NonZeroExitCode
            12|CANCELLED||rg-x|Resources
            14_1|COMPLETING|n0|rg-x|None
            15_1|PREEMPTED|n0|rg-x|None
            16_1|CONFIGURING|n2|rg-x|None
            17_1|TIMEOUT|n2|rg-x|TimeLimit
            18_1|PENDING|(null)|rg-x|launch failed requeued held
            """,
            """
            12_5|PD||rg-x|Resources
            12_1|R|n0|rg-x|None
            12_2|CD|n1|rg-x|None
            12_3|CA|n1|rg-x|None
            12_4|F|n0|rg-x|NonZeroExitCode
            12|CA||rg-x|Resources
            14_1|CG|n0|rg-x|None
            15_1|PR|n0|rg-x|None
            16_1|CF|n2|rg-x|None
            17_1|TO|n2|rg-x|TimeLimit
            18_1|PD|(null)|rg-x|launch failed requeued held
            """,
        ]
    )
    func `both spellings of states are read`(answer: String) {
        let strangers = "CLUSTER: big\n\n7|RUNNING|n0|somebody|None\nsqueue: warning\n"
        let jobs = SlurmJob.jobs(named: "rg-x", in: strangers + answer)
        #expect(
            jobs.map(\.state) == [
                .waiting, .started, .completed, .cancelled, .failed, .cancelled, .ending, .lost, .started, .timedOut,
                .waiting,
            ]
        )
        #expect(jobs.map(\.id).prefix(3) == ["12_5", "12_1", "12_2"])
        #expect(jobs.map(\.node).prefix(3) == [nil, "n0", "n1"] && jobs.last?.node == nil)
        #expect(jobs.map(\.isHeldAfterFailure) == Array(repeating: false, count: 10) + [true])
    }

    @Test func `a state that nobody knows is taken for a job that runs`() {
        #expect(SlurmJobState("WONDERING") == .started && SlurmJobState("") == .started)
        #expect(!SlurmJobState("WONDERING").isOver)
    }

    @Test(
        arguments: [
            ("123\n", "123"), ("123;big\n", "123"), ("hello\n42\n", "42"), ("no", nil), ("12x", nil), ("", nil),
        ] as [(String, String?)]
    )
    func `the number of a submission`(answer: String, id: String?) {
        #expect(SlurmCommands.id(in: answer) == id)
    }

    @Test func `workers of this allocator are known by their names`() throws {
        #expect(ClusterView.job(ofWorker: "rg-x.12_3.n0.example.org", jobName: "rg-x") == "12_3")
        for name in ["rg-x.n0", "rg-xy.12_3.n0", "rg-x", "host:12", "rg-x."] {
            #expect(ClusterView.job(ofWorker: name, jobName: "rg-x") == nil, "\(name)")
        }
        let status: JSONValue = [
            "demand": WorkDemand(slots: 9, idleSlots: 1).json,
            "workers": [
                ["name": "rg-x.12_3.n0", "slots": 4, "numerics": ["a"]],
                ["name": "host:1", "slots": 5, "numerics": ["b"]],
            ],
        ]
        let view = try ClusterView(status: status, jobName: "rg-x")
        #expect(view.connected == ["12_3"] && view.ownSlots == [4] && view.otherSlots == 5 && view.numerics == ["a"])
        #expect(throws: RouteGridError.self) { try ClusterView(status: ["workers": []], jobName: "rg-x") }
    }
}

struct SlurmCommandsTests {
    @Test func `variables of Slurm's commands are taken out, where Slurm is stays`() {
        let cleared = SlurmCommands.cleared([
            "SLURM_CONF": "/etc/slurm.conf", "SLURM_JOB_ID": "7", "SLURM_EXPORT_ENV": "NONE", "SBATCH_PARTITION": "x",
            "SQUEUE_FORMAT": "%i", "PATH": "/bin", "SLURMD_NODENAME": "n0", "SLURM_JWT": "token",
        ])
        #expect(cleared == ["SLURM_CONF": "/etc/slurm.conf", "PATH": "/bin", "SLURM_JWT": "token"])
    }

    @Test(arguments: ["--job-name=x", "-Jx", "-a1-3", "--array", "--wrap=true", "-N2", "--wait"])
    func `what would hide its jobs from it is refused`(word: String) {
        let error = #expect(throws: RouteGridError.self) { try SlurmCommands.check(["--mem=4G", word]) }
        #expect(error?.code == .usage)
    }

    @Test func `a submission`() throws {
        let arguments = ["--mem=4G", "--account", "a b"]
        try SlurmCommands.check(arguments)
        let commands = SlurmCommands(jobName: "rg-x", partition: "p", arguments: arguments, environment: [:])
        #expect(
            commands.submission(3, excluding: ["n0", "n7"])
                == ["sbatch", "--parsable", "--array=1-3", "--exclude=n0,n7", "--mem=4G", "--account", "a b"]
        )
    }

    /// Commands that a test wrote, in place of Slurm's.
    private func tools(_ scripts: [String: String], arguments: [String] = []) throws -> (SlurmCommands, TemporaryFolder)
    {
        let folder = try TemporaryFolder()
        for (name, script) in scripts {
            let path = try folder.write("#!/bin/sh\n\(script)\n", to: name)
            chmod(path, 0o755)
        }
        var commands = SlurmCommands(
            jobName: "rg-x",
            partition: nil,
            arguments: arguments,
            environment: ["PATH": folder.path + ":/usr/bin:/bin", "OUT": folder.path, "SQUEUE_FORMAT": "%j"]
        )
        commands.patience = 20
        return (commands, folder)
    }

    private var script: BatchScript {
        BatchScript(
            program: "/opt/routegrid",
            jobName: "rg-x",
            connect: "tcp://head:7557",
            walltime: TimeSpan(seconds: 3_600),
            idleExit: TimeSpan(seconds: 60),
            logs: "/shared/logs"
        )
    }

    @Test func `commands get their words, script and environment`() throws {
        let (commands, folder) = try tools(
            [
                "squeue": #"echo "$@" >$OUT/words; env >$OUT/env; echo "5_1|R|n0|rg-x|None""#,
                "sbatch": #"cat >$OUT/script; echo "77;big""#,
                "scancel": #"echo "$@" >$OUT/cancelled"#,
                "sinfo": "echo n0; echo n1; echo n0",
            ],
            arguments: ["-M", "big"]
        )
        #expect(try commands.jobs() == [SlurmJob(id: "5_1", state: .started, node: "n0", reason: "None")])
        let words = try String(contentsOfFile: folder.path("words"), encoding: .utf8)
        for word in ["--me", "--states=all", "--name=rg-x", "--clusters=big", "--array"] {
            #expect(words.contains(word), "\(words)")
        }
        #expect(try !String(contentsOfFile: folder.path("env"), encoding: .utf8).contains("SQUEUE_FORMAT"))
        #expect(commands.submit(2, excluding: [], script: script) == .accepted(["77_1", "77_2"]))
        #expect(try String(contentsOfFile: folder.path("script"), encoding: .utf8) == script.text)
        try commands.cancel(["5_1"])
        #expect(
            try String(contentsOfFile: folder.path("cancelled"), encoding: .utf8)
                == "--state=PENDING --clusters=big 5_1\n"
        )
        #expect(commands.nodes() == ["n0", "n1"])
    }

    @Test func `failures of commands are told apart`() throws {
        let (failing, first) = try tools([
            "squeue": "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1",
            "sbatch": "echo 'sbatch: error: Batch job submission failed: Invalid account' >&2; exit 1",
            "scancel": "exit 1", "sinfo": "exit 1",
        ])
        let error = #expect(throws: RouteGridError.self) { try failing.jobs() }
        #expect(error?.code == .temporary && error?.message.contains("Unable to contact") == true)
        guard case .refused(let text) = failing.submit(1, excluding: [], script: script) else {
            Issue.record("not refused")
            return
        }
        #expect(text.contains("Invalid account"))
        #expect(throws: RouteGridError.self) { try failing.cancel(["1_1"]) }
        #expect(failing.nodes().isEmpty)
        var (doubtful, second) = try tools([
            "sbatch": "echo 'sbatch: error: Socket timed out on send/recv operation' >&2; exit 1",
            "squeue": "exec sleep 60",
        ])
        guard case .unknown = doubtful.submit(1, excluding: [], script: script) else {
            Issue.record("not in doubt")
            return
        }
        doubtful.patience = 0.3
        #expect(throws: RouteGridError.self) { try doubtful.jobs() }
        withExtendedLifetime((first, second)) {}
        let missing = #expect(throws: RouteGridError.self) {
            try SlurmCommands(jobName: "x", partition: nil, arguments: [], environment: ["PATH": "/nonexistent"]).jobs()
        }
        #expect(missing?.code == .system && missing?.message.contains("squeue: no such command") == true)
    }
}

struct BatchScriptTests {
    @Test func `the script of a job`() {
        var script = BatchScript(
            program: "/opt/route grid/routegrid",
            jobName: "rg-x",
            connect: "tcp://head:7557",
            walltime: TimeSpan(seconds: 3_600),
            idleExit: TimeSpan(seconds: 60),
            logs: "/shared/logs"
        )
        script.key = "/shared/worker.key"
        script.partition = "short"
        script.slots = 4
        script.setup = ["module load openblas"]
        #expect(
            script.text == """
                #!/bin/bash
                #SBATCH --job-name=rg-x
                #SBATCH --nodes=1
                #SBATCH --ntasks=1
                #SBATCH --time=60
                #SBATCH --requeue
                #SBATCH --open-mode=append
                #SBATCH --signal=B:TERM@60
                #SBATCH --output=/shared/logs/%A_%a.log
                #SBATCH --partition=short
                #SBATCH --cpus-per-task=4

                module load openblas
                exec '/opt/route grid/routegrid' worker --connect tcp://head:7557 --key /shared/worker.key --slots 4 \
                --name "rg-x.${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}.${SLURMD_NODENAME}" --idle-timeout 60 \
                --lifetime 3360 --lifetime-stagger 120 --drain-grace 10

                """
        )
        #expect(script.log(ofJob: "12_3") == "/shared/logs/12_3.log")
    }

    @Test(arguments: [10, 60, 61, 600, 86_400])
    func `a worker ends before its walltime`(seconds: Double) {
        let script = BatchScript(
            program: "r",
            jobName: "j",
            connect: "c",
            walltime: TimeSpan(seconds: seconds),
            idleExit: TimeSpan(seconds: 1),
            logs: "l"
        )
        #expect(script.lifetime > 0 && script.lifetime + script.termination <= seconds)
        #expect(script.stagger < script.lifetime)
    }
}

struct TimeSpanTests {
    @Test(
        arguments: [
            ("90", 90), ("90s", 90), ("1.5", 1.5), ("30m", 1_800), ("4h", 14_400), ("2d", 172_800), ("1h30m", 5_400),
            ("01:30:00", 5_400), ("30:00", 1_800), ("1-00:00:00", 86_400), ("0", 0),
        ] as [(String, Double)]
    )
    func `times as people and Slurm write them`(text: String, seconds: Double) {
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test(arguments: ["", "h", "4x", "-3", "1:2:3:4", "nan", "inf", "1e9", "9999d", "1-", "4h3"])
    func `other texts are none`(text: String) { #expect(TimeSpan(text) == nil) }

    @Test func `a time in words`() {
        #expect([0.4, 90, 3_600, 90_061].map { TimeSpan(seconds: $0).text } == ["0s", "1m30s", "1h", "1d1h1m1s"])
    }
}

struct AllocatorFolderTests {
    @Test func `one allocator at a time uses a folder`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("alloc")
        var first: AllocatorFolder? = try AllocatorFolder(path: path)
        #expect(AllocatorFolder.isInUse(path))
        let error = #expect(throws: RouteGridError.self) { try AllocatorFolder(path: path) }
        #expect(error?.code == .temporary && error?.message.contains("--id") == true)
        withExtendedLifetime(first) {}
        first = nil
        #expect(!AllocatorFolder.isInUse(path))
        #expect(throws: Never.self) { try AllocatorFolder(path: path) }
    }

    @Test func `a state is replaced whole and read back`() throws {
        let folder = try TemporaryFolder()
        let file = folder.path("state.json")
        #expect(throws: RouteGridError.self) { try AllocatorFolder.read(file) }
        let report = AllocatorReport(jobName: "rg-x", connect: "tcp://head:1", process: 7)
        let allocator = Allocator(settings: AllocatorSettings(wanted: WorkersWanted(bounds: 1...3, lifetime: 60)))
        for _ in 0..<2 { try AllocatorFolder.write(report.json(allocator), to: file) }
        let state = try AllocatorFolder.read(file)
        #expect(state["name"] == "rg-x" && state["max"] == 3 && state["wanted"] == .null && state["jobs"] == [])
        #expect(try folder.names() == ["state.json"])
        try folder.write("{\"schema\":\"other\"}", to: "state.json")
        #expect(throws: RouteGridError.self) { try AllocatorFolder.read(file) }
    }

    @Test func `the last line of a log, harmless`() throws {
        let folder = try TemporaryFolder()
        #expect(AllocatorFolder.lastLine(of: folder.path("none")) == nil)
        let text = String(repeating: "x\n", count: 9_000) + "no \u{1B}[31msuch file\n\n  \n"
        let file = try folder.write(text, to: "log")
        #expect(AllocatorFolder.lastLine(of: file) == "no ␛[31msuch file")
    }
}
