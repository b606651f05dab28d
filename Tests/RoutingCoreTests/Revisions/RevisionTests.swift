import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

/// Results of routers, fusions and splits may change only together with a revision: keys hash the revision, so a silent
/// change would let old and new records be taken for the same.
///
/// `fingerprints.json` holds numbers for each revision. A change without a new revision is red; a new revision is red
/// until its numbers are recorded: run with `ROUTEGRID_RECORD_FINGERPRINTS=1`, look at the difference, commit it.
struct RevisionTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("fingerprints.json")

    static let splitKinds: [Split.Kind] = [
        .random(train: 0.5, dev: 0.25, test: 0.25, groupBy: .prompt), .kfold(folds: 3, dev: 0.2, groupBy: .sample),
        .heldOut(train: ["d0", "d1"], test: ["d2"], dev: 0.2, groupBy: .sample), .compat(train: 0.2),
        .vlCompat(train: 0.7, dev: 0.1),
    ]

    /// Every fingerprint by `subject/name/revision`.
    private static func fingerprints() throws -> [String: [Double]] {
        var all: [String: [Double]] = [:]
        // What `exec` computes is its program's matter, and named by its version.
        for router in RouterCatalog.descriptors where router.kind != RouterCatalog.programKind {
            all["router/\(router.kind)/\(router.revision)"] = try Fingerprint.router(router.kind)
        }
        for fusion in FusionCatalog.descriptors {
            all["fusion/\(fusion.kind)/\(fusion.revision)"] = try Fingerprint.router("linear", fusion: fusion.kind)
        }
        for kind in splitKinds {
            let revision = try #require(Split.revisions[kind.name])
            all["split/\(kind.name)/\(revision)"] = try Fingerprint.split(kind)
        }
        return all
    }

    @Test func `every revision computes what it computed when it was recorded`() throws {
        let fresh = try Self.fingerprints()
        if ProcessInfo.processInfo.environment["ROUTEGRID_RECORD_FINGERPRINTS"] != nil { try Self.record(fresh) }
        let bytes = try FileBytes.read(Self.file.path)
        let stored = try #require(JSONValue(parsing: bytes, place: "fingerprints.json").objectValue)
        for (name, values) in fresh.sorted(by: { $0.key < $1.key }) {
            guard let known = stored[name]?.arrayValue?.compactMap(\.numberValue) else {
                Issue.record("\(name) has no recorded fingerprint")
                continue
            }
            let isSame =
                known.count == values.count
                && zip(known, values).allSatisfy { abs($0 - $1) <= tolerance(name) * max(1, abs($0)) }
            #expect(isSame, "\(name): the results changed without a new revision: \(values), recorded \(known)")
        }
    }

    @Test func `every kind of split is fingerprinted`() {
        #expect(Set(Self.splitKinds.map(\.name)) == Set(Split.kindNames))
    }

    @Test func `the core fits what the catalog offers`() {
        #expect(RouterFitting.kinds.sorted() == RouterCatalog.descriptors.map(\.kind).sorted())
    }

    /// Kernels of other CPUs round differently, and training by steps amplifies it; a change of method moves far more.
    private func tolerance(_ name: String) -> Double {
        let kind = name.split(separator: "/")[1]
        let descriptor = RouterCatalog.descriptors.first { $0.kind == kind }
        return descriptor?.parameters.contains { $0.name == "epochs" } == true ? 1e-4 : 1e-6
    }

    private static func record(_ fresh: [String: [Double]]) throws {
        var stored = (try? JSONValue(parsing: FileBytes.read(file.path), place: "stored").objectValue) ?? [:]
        for (name, values) in fresh { stored[name] = .array(values.map { .double($0) }) }
        let lines = stored.keys.sorted().map { "\"\($0)\": \((stored[$0] ?? .null).jsonText)" }
        try FileBytes.write(Array("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8), to: file.path)
    }
}
