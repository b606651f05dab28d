import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Routers that are programs of their own, in real slots: what they answer, and what they do wrong.
@Suite(.timeLimit(.minutes(5))) struct ProgramRouterTests {
    private static func grid(_ routers: String, _ more: String = "") -> String {
        """
        name: programs
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1, index: [0, 1]}]
        modality: [both]
        routers: [{kind: best-single}, \(routers)]
        budgets: {rule: threshold, at: [exact, 1x]}
        \(more)
        """
    }

    /// Reads the shapes and defines `write(tensors)`; without numpy.
    private static let python = """
        #!/usr/bin/python3
        import json, struct, sys
        data = open(sys.argv[2], 'rb').read()
        header = json.loads(data[8:8 + struct.unpack('<Q', data[:8])[0]])
        m, k = header['x_test']['shape'][0], header['q_train']['shape'][1]
        def write(**tensors):
            head, body = {}, b''
            for name, (dtype, shape, values) in tensors.items():
                part = struct.pack('<%d%s' % (len(values), 'q' if dtype == 'I64' else 'd'), *values)
                head[name] = {'dtype': dtype, 'shape': shape, 'data_offsets': [len(body), len(body) + len(part)]}
                body += part
            text = json.dumps(head).encode()
            open(sys.argv[3], 'wb').write(struct.pack('<Q', len(text)) + text + body)

        """

    private func add(_ name: String, _ text: String, to folder: TemporaryFolder) throws {
        try folder.write(text + "\n", to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path(name))
    }

    @Test func `a program is given its arguments and its file, which are part of its key`() async throws {
        let kind = "{kind: exec, command: reads, version: \"1\", inputs: raw.bin, arguments: [depth=3, depth=4]}"
        let folder = try await SmallData.grid(Self.grid(kind))
        try folder.write("raw", to: "raw.bin")
        let reads = """
            import os
            meta = header['__metadata__']
            assert meta['arguments'] in ('depth=3', 'depth=4'), meta
            assert len(json.loads(meta['test_ids'])) == m and len(json.loads(meta['train_ids'])) > 0, meta
            open(os.path.dirname(sys.argv[0]) + '/seen', 'a').write(open(os.environ['ROUTEGRID_INPUTS']).read() + '\\n')
            write(choice=('I64', [m], [1] * m))
            """
        try add("reads", Self.python + reads, to: folder)
        let words = ["run", "grid.yaml", "--state", "state", "--out", "out", "--allow-exec", "reads=reads"]
        func runs() throws -> [String] {
            try String(contentsOfFile: folder.path("seen"), encoding: .utf8).split(separator: "\n").map(String.init)
        }
        for _ in 0..<2 {
            let outcome = try await CommandLineTool.run(words, in: folder.path)
            #expect(outcome.status == 0, "\(outcome)")
            let board = try String(contentsOfFile: folder.path("out/leaderboard.csv"), encoding: .utf8)
            #expect(board.contains("depth=3") && board.contains("depth=4"), "\(board)")
        }
        // Two arguments, two indices of the split; nothing ran twice.
        #expect(try runs() == [String](repeating: "raw", count: 4))
        try folder.write("new", to: "raw.bin")
        let outcome = try await CommandLineTool.run(words, in: folder.path)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try runs().suffix(4) == ["new", "new", "new", "new"])
    }

    @Test func `a numpy router gives the same bytes on one worker and on two`() async throws {
        let folder = try await SmallData.grid(Self.grid("{kind: exec, command: ridge, version: \"1\"}"))
        // The system's Python, for which deploy/packages installs numpy.
        let ridge = "#!/bin/sh\nexec /usr/bin/python3 '\(CommandLineTool.package)/jobs/routers/ridge.py' \"$@\""
        try add("ridge", ridge, to: folder)
        var boards: [[String: Data]] = []
        for workers in [1, 2] {
            let outcome = try await CommandLineTool.run(
                [
                    "run", "grid.yaml", "--workers", "\(workers)", "--state", "state-\(workers)", "--out",
                    "out-\(workers)", "--allow-exec", "ridge=ridge",
                ],
                in: folder.path
            )
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.output.contains("exec"), "\(outcome)")
            boards.append(try hashedFiles(of: folder.path("out-\(workers)")))
        }
        #expect(boards[0] == boards[1] && boards[0].count > 3)
    }

    @Test func `what a program does wrong costs its cells and nothing else, with its reason`() async throws {
        let names = [
            "good", "nan", "shape", "outside", "other", "garbage", "silent", "final", "fails", "loud", "absent",
            "forks",
            "hangs", "clean",
        ]
        let list = names.joined(separator: ", ")
        let folder = try await SmallData.grid(
            Self.grid("{kind: exec, command: [\(list)], version: \"1\"}", "limits: {fit_timeout: 20s, retries: 0}")
                .replacingOccurrences(of: "index: [0, 1]", with: "index: [0]")
                .replacingOccurrences(of: "[exact, 1x]", with: "[exact]")
        )
        let pids = folder.path("pids")
        try add("good", Self.python + "write(choice=('I64', [m], [1] * m))", to: folder)
        let nan = "write(quality=('F64', [m, k], [float('nan')] * m * k), cost=('F64', [m, k], [1.0] * m * k))"
        try add("nan", Self.python + nan, to: folder)
        let shape = "write(quality=('F64', [k, m], [1.0] * m * k), cost=('F64', [m, k], [1.0] * m * k))"
        try add("shape", Self.python + shape, to: folder)
        try add("outside", Self.python + "write(choice=('I64', [m], [k] * m))", to: folder)
        try add("other", Self.python + "write(scores=('F64', [m, k], [1.0] * m * k))", to: folder)
        try add("garbage", "#!/bin/sh\necho nonsense > \"$3\"", to: folder)
        try add("silent", "#!/bin/sh\nexit 0", to: folder)
        try add("final", "#!/bin/sh\necho no luck >&2\nexit 42", to: folder)
        try add("fails", "#!/bin/sh\necho broken >&2\nexit 3", to: folder)
        let loud = "#!/bin/sh\nhead -c 1000000000 /dev/zero\nyes loud | head -c 1000000000 >&2\nexit 5"
        try add("loud", loud, to: folder)
        let child = "sleep 1000 &\necho $! >> \(pids)\nsetsid sleep 1000 &\necho $! >> \(pids)\n"
        try add("forks", "#!/bin/sh\n\(child)exit 6", to: folder)
        try add("hangs", "#!/bin/sh\n\(child)echo waiting >&2\nsleep 1000", to: folder)
        try add("clean", "#!/bin/sh\n[ -z \"$ROUTEGRID_SECRET\" ] && [ \"$TMPDIR\" = \"$PWD\" ] && exit 8", to: folder)
        try FileManager.default.createDirectory(atPath: folder.path("tmp"), withIntermediateDirectories: false)
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "2", "--state", "state", "--out", "out"]
                + names.flatMap { ["--allow-exec", "\($0)=\($0)"] },
            in: folder.path,
            environment: ["ROUTEGRID_SECRET": "x", "TMPDIR": folder.path("tmp")]
        )
        #expect(outcome.status == 2, "\(outcome)")

        let text = try String(contentsOfFile: folder.path("out/failures.jsonl"), encoding: .utf8)
        var reasons: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let failure = try JSONValue(parsing: line.utf8, place: "failures.jsonl")
            for name in names where line.contains("command \(name)") || line.contains("\"\(name)\"") {
                reasons[name] = "\(failure["kind"]?.stringValue ?? ""): \(line)"
            }
        }
        let expected = [
            "nan": "row 0, model 0 (large): expected a finite number", "shape": "expected shape",
            "outside": "expected a model number from 0 to 3, found 4",
            "other": "expected the tensors quality and cost, or choice, found scores",
            "garbage": "not a safetensors file", "silent": "wrote no answer",
            "final": "exit code 42 (do not retry): no luck", "fails": "exit code 3: broken",
            "loud": "exit code 5: loud", "absent": "No such file or directory", "forks": "exit code 6",
            "hangs": "took longer than 20", "clean": "exit code 8",
        ]
        for (name, reason) in expected {
            #expect(reasons[name]?.contains(reason) == true, "\(name): \(reasons[name] ?? "no failure")\n\(text)")
        }
        #expect(reasons["good"] == nil)

        // Nothing is left of what they started, nor of their folders.
        let started = try String(contentsOfFile: pids, encoding: .utf8).split(separator: "\n").compactMap { Int32($0) }
        #expect(started.count == 4)
        _ = try await eventually("the end of \(started)") { started.allSatisfy { kill($0, 0) == -1 } ? true : nil }
        let left: [String] = try await eventually("an empty folder") {
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("tmp"))
                .filter { $0.hasPrefix("routegrid-exec") }
            return left.isEmpty ? left : nil
        }
        #expect(left.isEmpty)
        let explained = try await CommandLineTool.run("explain", "last/13", "--state", "state", in: folder.path)
        #expect(explained.output.contains("waiting"), "\(explained)")
    }

    @Test func `a program runs only where it is allowed, and what waits for such a worker says so`() async throws {
        let folder = try await SmallData.grid(Self.grid("{kind: exec, command: good, version: \"1\"}"))
        try add("good", Self.python + "write(choice=('I64', [m], [1] * m))", to: folder)
        let refused = try await CommandLineTool.run("run", "grid.yaml", in: folder.path)
        #expect(refused.status == 64 && refused.messages.contains("--allow-exec good=PATH"), "\(refused)")
        let twice = try await CommandLineTool.run(
            ["worker", "--allow-exec", "good=a", "--allow-exec", "good=b"],
            in: folder.path
        )
        #expect(twice.status == 64 && twice.messages.contains("twice"), "\(twice)")

        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let unable = try coordinator.worker(folder)
        let run = try await coordinator.submit(folder)
        _ = try await eventually("the reason; \(unable.messages)") {
            let told = try await CommandLineTool.run("explain", "\(run)/0", "--connect", coordinator.url)
            return told.output.contains("no connected worker allows the programs of its run: good") ? true : nil
        }
        let able = try RunningCommand(
            ["worker", "--connect", coordinator.url, "--slots", "1", "--allow-exec", "good=good"],
            in: folder.path
        )
        let waited = try await CommandLineTool.run("wait", run, "--connect", coordinator.url, "--timeout", "120")
        #expect(waited.status == 0, "\(waited) \(able.messages)")
        #expect(!unable.hasEnded)
    }

    @Test func `a grid waits for a worker with its resources, says so, and each fit has gpus of its own`() async throws
    {
        let kind = "{kind: exec, command: sees, version: \"1\", arguments: [a=1, a=2, a=3], resources: {gpus: 1}}"
        let folder = try await SmallData.grid(Self.grid(kind))
        // Two fits with one GPU would find each other's folder.
        let sees = """
            import os, time
            gpu, here = os.environ['CUDA_VISIBLE_DEVICES'], os.path.dirname(sys.argv[0])
            if gpu: os.mkdir(here + '/gpu-' + gpu)
            open(here + '/seen', 'a').write(gpu + '.' + os.environ['ROUTEGRID_CPUS'] + '\\n')
            time.sleep(0.2)
            if gpu: os.rmdir(here + '/gpu-' + gpu)
            write(choice=('I64', [m], [1] * m))
            """
        try add("sees", Self.python + sees, to: folder)
        func seen() throws -> [String] {
            let text = try String(contentsOfFile: folder.path("seen"), encoding: .utf8)
            return text.split(separator: "\n").map(String.init)
        }
        let refused = try await CommandLineTool.run(
            "run",
            "grid.yaml",
            "--allow-exec",
            "sees=sees",
            in: folder.path,
            environment: ["CUDA_VISIBLE_DEVICES": ""]
        )
        #expect(refused.status == 64 && refused.messages.contains("1 gpus, and a worker here has 0"), "\(refused)")

        let coordinator = try await ClusterTests.Coordinator(in: folder)
        func worker(_ more: String...) throws -> RunningCommand {
            try RunningCommand(
                ["worker", "--connect", coordinator.url, "--slots", "3", "--allow-exec", "sees=sees"] + more,
                in: folder.path
            )
        }
        let poor = try worker("--gpus", "0")
        let reason = "no connected worker has the resources of its run: it needs 1 gpus, the largest worker has 0"
        _ = try await eventually("the worker; \(poor.messages)") {
            let status = try await CommandLineTool.run("status", "--connect", coordinator.url, "--output", "json")
            let workers = try JSONValue(parsing: status.output, place: "status")["workers"]?.arrayValue ?? []
            return workers.isEmpty ? nil : true
        }
        let submitted = try await CommandLineTool.run(
            "submit",
            "grid.yaml",
            "--connect",
            coordinator.url,
            in: folder.path
        )
        #expect(submitted.status == 0 && submitted.messages.contains("waits: \(reason)"), "\(submitted)")
        let run = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let status = try await CommandLineTool.run("status", "--connect", coordinator.url, in: folder.path)
        #expect(status.output.contains(reason), "\(status)")
        let told = try await CommandLineTool.run("explain", "\(run)/0", "--connect", coordinator.url, in: folder.path)
        #expect(told.output.contains(reason), "\(told)")

        let rich = try worker("--gpus", "5,7")
        let waited = try await CommandLineTool.run("wait", run, "--connect", coordinator.url, "--timeout", "120")
        #expect(waited.status == 0, "\(waited) \(rich.messages)")
        // Three arguments, two indices of the split.
        let had = try seen()
        #expect(had.count == 6 && Set(had).isSubset(of: ["5.1", "7.1"]), "\(had)")

        let plain = Self.grid("{kind: exec, command: sees, version: \"2\"}", "resources: {cpus: 1}")
        try folder.write(plain, to: "grid.yaml")
        let second = try await coordinator.submit(folder)
        let ended = try await CommandLineTool.run("wait", second, "--connect", coordinator.url, "--timeout", "120")
        #expect(ended.status == 0, "\(ended)")
        let all = try seen()
        #expect(all.suffix(2) == [".1", ".1"], "\(all)")
    }

    @Test func `workers that are killed while programs fit leave the bytes of an undisturbed run`() async throws {
        let kind = "{kind: exec, command: ridge, version: \"1\", arguments: [a=1, a=2, a=3]}"
        let folder = try await SmallData.grid(Self.grid(kind))
        // The first fits wait, so that something is killed in the middle.
        let ridge = """
            #!/bin/sh
            [ -e '\(folder.path("go"))' ] || echo $PPID > '\(folder.path("waiting"))'
            while ! [ -e '\(folder.path("go"))' ]; do sleep 0.1; done
            exec /usr/bin/python3 '\(CommandLineTool.package)/jobs/routers/ridge.py' "$@"
            """
        try add("ridge", ridge, to: folder)
        func words(_ name: String) -> [String] {
            [
                "run", "grid.yaml", "--workers", "2", "--state", "state-\(name)", "--out", name, "--allow-exec",
                "ridge=ridge",
            ]
        }
        let killed = try RunningCommand(words("killed"), in: folder.path)
        // The worker is the parent of the slot, which is that of the keeper, which is that of the program.
        func parent(_ pid: Int32) throws -> Int32 {
            let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            let rest = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
            return try #require(Int32(rest[2]))
        }
        for _ in 0..<2 {
            let keeper = try await eventually("a fit; \(killed.messages)") {
                (try? String(contentsOfFile: folder.path("waiting"), encoding: .utf8)).flatMap {
                    Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
                }
            }
            try FileManager.default.removeItem(atPath: folder.path("waiting"))
            #expect(kill(try parent(try parent(keeper)), SIGKILL) == 0)
        }
        try folder.write("", to: "go")
        let status = await killed.ended()
        #expect(status == 0, "\(killed.messages)")
        #expect(killed.messages.contains("was killed by signal 9; started again"))
        let calm = try await CommandLineTool.run(words("calm"), in: folder.path)
        #expect(calm.status == 0, "\(calm)")
        let boards = try ["killed", "calm"].map { try hashedFiles(of: folder.path($0)) }
        #expect(boards[0] == boards[1] && boards[0].count > 3)
    }

    @Test func `a program that gives another result each time is flagged, and is not computed again to compare`()
        async throws
    {
        let kind = "{kind: exec, command: dice, version: \"1\", deterministic: false}"
        let folder = try await SmallData.grid(Self.grid(kind))
        let dice = "import os\nwrite(choice=('I64', [m], [b % k for b in os.urandom(m)]))"
        try add("dice", Self.python + dice, to: folder)
        let allowed = ["--allow-exec", "dice=dice"]
        for name in ["a", "b"] {
            let outcome = try await CommandLineTool.run(
                ["run", "grid.yaml", "--state", "state-\(name)", "--out", name] + allowed,
                in: folder.path
            )
            #expect(outcome.status == 0, "\(outcome)")
        }
        let board = try String(contentsOfFile: folder.path("a/leaderboard.csv"), encoding: .utf8)
        #expect(board.contains("non-deterministic"), "\(board)")
        let explained = try await CommandLineTool.run("explain", "last/4", "--state", "state-a", in: folder.path)
        #expect(explained.output.contains("not deterministic: the first result counts"), "\(explained)")
        // Two results of one key, and no divergence.
        let joined = try await CommandLineTool.run("aggregate", "a", "b", "--out", "joined", in: folder.path)
        #expect(joined.status == 0, "\(joined)")
        let again = try await CommandLineTool.run(
            ["verify", "a", "--recompute", "100", "--grid", "grid.yaml"] + allowed,
            in: folder.path
        )
        #expect(again.status == 0 && again.messages.contains("4 records of non-deterministic programs"), "\(again)")
        #expect(again.output.contains("4 cells computed again"), "\(again)")
    }

    @Test func `a deterministic program is computed again where it is allowed`() async throws {
        let folder = try await SmallData.grid(Self.grid("{kind: exec, command: good, version: \"1\"}"))
        try add("good", Self.python + "write(choice=('I64', [m], [1] * m))", to: folder)
        let allowed = ["--allow-exec", "good=good"]
        let outcome = try await CommandLineTool.run(["run", "grid.yaml", "--out", "out"] + allowed, in: folder.path)
        #expect(outcome.status == 0, "\(outcome)")
        let words = ["verify", "out", "--recompute", "100", "--grid", "grid.yaml"]
        let again = try await CommandLineTool.run(words + allowed, in: folder.path)
        #expect(again.status == 0 && again.output.contains("8 cells computed again"), "\(again)")
        let unable = try await CommandLineTool.run(words, in: folder.path)
        #expect(unable.status == 65 && unable.messages.contains("--allow-exec"), "\(unable)")
        // Another program under the same name and version is found out.
        try add("good", Self.python + "write(choice=('I64', [m], [2] * m))", to: folder)
        let other = try await CommandLineTool.run(words + allowed, in: folder.path)
        #expect(other.status == 4, "\(other)")
    }

    @Test func `what a program says of its progress is shown while it runs`() async throws {
        let folder = try await SmallData.grid(Self.grid("{kind: exec, command: slow, version: \"1\"}"))
        let slow = """
            import os, time
            print('progress 30/100 halfway there', file=sys.stderr, flush=True)
            while not os.path.exists(os.path.dirname(sys.argv[0]) + '/go'): time.sleep(0.05)
            write(choice=('I64', [m], [1] * m))
            """
        try add("slow", Self.python + slow, to: folder)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try RunningCommand(
            ["worker", "--connect", coordinator.url, "--slots", "1", "--allow-exec", "slow=slow"],
            in: folder.path
        )
        let run = try await coordinator.submit(folder)
        let status = try await eventually("the progress; \(worker.messages)") {
            let told = try await CommandLineTool.run("status", "--connect", coordinator.url, in: folder.path)
            return told.output.contains("30/100 halfway there") ? told.output : nil
        }
        #expect(status.contains(": 30/100 halfway there"))
        var cells: [String] = []
        for cell in 0..<8 {
            cells.append(
                try await CommandLineTool.run(
                    "explain",
                    "\(run)/\(cell)",
                    "--connect",
                    coordinator.url,
                    in: folder.path
                )
                .output
            )
        }
        #expect(cells.contains { $0.contains("progress: 30/100 halfway there") }, "\(cells)")
        try folder.write("", to: "go")
        let waited = try await CommandLineTool.run("wait", run, "--connect", coordinator.url, "--timeout", "120")
        #expect(waited.status == 0, "\(waited) \(worker.messages)")
    }

    @Test func `processes of a program share one limit of memory`() async throws {
        let grid = Self.grid("{kind: exec, command: eats, version: \"1\", resources: {memory: 256MiB}}")
        let folder = try await SmallData.grid(
            grid.replacingOccurrences(of: "index: [0, 1]", with: "index: [0]") + "\nlimits: {retries: 0}\n"
        )
        // None of the four exceeds it.
        let eats = """
            import os, time
            for _ in range(4):
                if os.fork() == 0:
                    held = b'x' * (90 << 20)
                    time.sleep(1000)
            time.sleep(1000)
            """
        try add("eats", Self.python + eats, to: folder)
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--out", "out", "--allow-exec", "eats=eats"],
            in: folder.path
        )
        #expect(outcome.status == 2, "\(outcome)")
        let text = try String(contentsOfFile: folder.path("out/failures.jsonl"), encoding: .utf8)
        #expect(text.contains("of memory in 5 processes; the limit is 256 MiB"), "\(text)")
    }
}
