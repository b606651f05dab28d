import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

/// What programs are given may change only together with the schema that its file names: they are other people's, and
/// a grid names them by a version that knows nothing of ours.
struct ProgramInputTests {
    private struct Tensor: Equatable {
        let type: String
        let shape: [Int]
    }

    @Test func `programs are given what the schema of their input says`() throws {
        let programs = AveragingPrograms()
        _ = try RouterFitting.fit(FingerprintFixture.request("exec", .sound, programs: programs))
        let input = try #require(programs.inputs.withLock { $0.first })
        let size = input.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var header = try #require(JSONValue(parsing: input[8..<8 + size], place: "the header").objectValue)
        #expect(
            header.removeValue(forKey: "__metadata__") == [
                "schema": "routegrid/exec/v1", "models": "[\"m0\",\"m1\",\"m2\",\"m3\"]", "seed": "5",
                "split_index": "0", "mode": "sound",
            ]
        )
        let tensors = header.mapValues { tensor in
            Tensor(
                type: tensor["dtype"]?.stringValue ?? "",
                shape: (tensor["shape"]?.arrayValue ?? []).compactMap(\.integerValue)
            )
        }
        #expect(
            tensors == [
                "x_train": Tensor(type: "F32", shape: [30, 5]), "x_test": Tensor(type: "F32", shape: [30, 5]),
                "q_train": Tensor(type: "F64", shape: [30, 4]), "c_train": Tensor(type: "F64", shape: [30, 4]),
            ]
        )
        let file = try Safetensors(bytes: input, place: "the input")
        let (quality, cost) = (try file.doubles("q_train"), try file.doubles("c_train"))
        #expect(quality[3, 1].isNaN && cost[3, 1].isNaN, "a missing outcome is no number")
        #expect(quality[4, 2] == FingerprintFixture.table.quality[4, 2])
        #expect(cost[29, 3] == FingerprintFixture.table.cost[29, 3])
        let parts = FingerprintFixture.parts
        #expect(try file.floats("x_test").rows == parts.dev.count + parts.test.count)
    }
}
