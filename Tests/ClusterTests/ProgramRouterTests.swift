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
            Self.grid("{kind: exec, command: [\(list)], version: \"1\"}", "limits: {fit_timeout: 10s, retries: 0}")
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
            "hangs": "took longer than 10", "clean": "exit code 8",
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
}
