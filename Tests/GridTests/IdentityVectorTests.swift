import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Testing

/// Keys that must never change by accident: each pair was computed by an independent script.
struct IdentityVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var canonical: String
        var sha256: String
        var testDescription: String { name }
    }

    static func vectors(_ kind: String) throws -> [Vector] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Vectors")
        let bytes = try FileBytes.read(folder.appendingPathComponent("identities.json").path)
        let list = try #require(JSONValue(parsing: bytes, place: "identities.json")[kind]?.arrayValue)
        return try list.map {
            Vector(
                name: try #require($0["name"]?.stringValue),
                canonical: try #require($0["canonical"]?.stringValue),
                sha256: try #require($0["sha256"]?.stringValue)
            )
        }
    }

    @Test func `ten vectors are there`() throws {
        #expect(try Self.vectors("fits").count + Self.vectors("jobs").count == 10)
    }

    @Test(arguments: try vectors("fits"))
    func `a fit reads back to its canonical bytes and its key`(_ vector: Vector) throws {
        let fit = try FitIdentity(parsing: Array(vector.canonical.utf8))
        #expect(fit.json.canonicalText == vector.canonical)
        #expect(fit.key.hex == vector.sha256)
    }

    @Test(arguments: try vectors("jobs"))
    func `a job reads back to its canonical bytes and its key`(_ vector: Vector) throws {
        let job = try JobIdentity(parsing: Array(vector.canonical.utf8))
        #expect(job.json.canonicalText == vector.canonical)
        #expect(job.key.hex == vector.sha256)
    }

    @Test(arguments: [
        (#""mode":"sound""#, #""mode":"quick""#, "fit.mode: expected one of compat, sound, found \"quick\""),
        (
            #""revision":1,"seed""#, #""revision":2,"seed""#,
            "fit.split.revision: this build has revision 1 of split random"
        ),
        (
            #""kind":"oracle","revision":1"#, #""kind":"oracle","revision":7"#,
            "fit.router: router oracle is asked for in revision 7, this build has revision 1"
        ),
        (#""kind":"oracle""#, #""kind":"oracel""#, "fit.router: unknown router \"oracel\"; did you mean \"oracle\"?"),
        (#""v":1"#, #""v":2"#, "fit: the key format is asked for in revision 2, this build has revision 1"),
        (#""v":1"#, #""v":1,"shard":0"#, "fit: unknown member \"shard\""),
        (#""numerics":"#, #""numeric":"#, "fit: \"numerics\" is missing"),
    ])
    func `a fit of another build is refused by name`(_ found: String, _ put: String, _ message: String) throws {
        let vector = try #require(Self.vectors("fits").first)
        let text = vector.canonical.replacingOccurrences(of: found, with: put)
        #expect(text != vector.canonical)
        #expect {
            try FitIdentity(parsing: Array(text.utf8))
        } throws: {
            "\($0)" == message
        }
    }
}
