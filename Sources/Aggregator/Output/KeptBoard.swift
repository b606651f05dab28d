import Foundation
package import Grid
package import RouteGridBase

/// What the board in a folder was made from, in a hidden file beside it.
///
/// A board is a function of its inputs and of the program. When neither has changed and the files are whole, it need
/// not be made again: a night with nothing new ends in seconds.
package struct KeptBoard: Codable {
    private static let name = ".kept.json"

    private let inputs: String
    private let manifest: String
    package let summary: BoardSummary

    /// A board as it was just published.
    ///
    /// - Throws: `system` when its manifest cannot be read.
    package init(_ summary: BoardSummary, madeFrom inputs: Digest, in folder: OutputFolder) throws(RouteGridError) {
        guard let manifest = FileManager.default.contents(atPath: folder.place(OutputName.manifest)) else {
            throw RouteGridError(.system, "\(folder.place(OutputName.manifest)): cannot be read")
        }
        self.inputs = inputs.hex
        self.manifest = Digest(hashing: manifest).hex
        self.summary = summary
    }

    /// Writes the hidden file.
    ///
    /// - Throws: `system` when the folder cannot be written.
    package func write(to folder: OutputFolder) throws(RouteGridError) {
        guard let bytes = try? JSONEncoder().encode(self) else { return }
        try folder.write(bytes, to: KeptBoard.name)
    }

    /// The board that stands in a folder; nil when there is none, when it was made from something else or by another
    /// program, and when a file of it is not what its manifest says.
    package init?(in folder: OutputFolder, madeFrom inputs: Digest) {
        guard let bytes = FileManager.default.contents(atPath: folder.place(KeptBoard.name)),
            let kept = try? JSONDecoder().decode(KeptBoard.self, from: bytes), kept.inputs == inputs.hex,
            let manifest = FileManager.default.contents(atPath: folder.place(OutputName.manifest)),
            Digest(hashing: manifest).hex == kept.manifest, KeptBoard.isWhole(folder, manifest)
        else { return nil }
        self = kept
    }

    /// Whether all files are there with their digests; blobs, named by their content, are only looked for.
    private static func isWhole(_ folder: OutputFolder, _ manifest: Data) -> Bool {
        manifest.split(separator: UInt8(ascii: "\n")).allSatisfy { line in
            let parts = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let digest = Digest(hex: String(parts[0])) else { return false }
            let name = String(parts[1].drop { $0 == " " })
            if name == OutputName.blob(digest) { return folder.hasBlob(digest) }
            let url = URL(fileURLWithPath: folder.place(name))
            guard let bytes = try? Data(contentsOf: url, options: .mappedIfSafe) else { return false }
            return Digest(hashing: bytes) == digest
        }
    }

    /// The digest of everything that a run's board depends on: the grid, its records, what was selected, how often test
    /// was read, and this program.
    ///
    /// - Parameters:
    ///   - lock: The grid.
    ///   - records: Digests of the records' lines, in any order.
    ///   - selection: What was selected in the grid.
    ///   - reads: How many configurations were read on test.
    /// - Returns: Nil when the program's own file cannot be read.
    package static func inputs(
        _ lock: GridLock,
        records: [Digest],
        selection: FrozenSelection?,
        reads: TestReadCounts
    ) -> Digest? {
        let program = URL(fileURLWithPath: "/proc/self/exe")
        guard let program = try? Data(contentsOf: program, options: .mappedIfSafe) else { return nil }
        var digests = [Digest(hashing: program), lock.digest]
        digests.append(Digest(hashing: selection?.bytes ?? []))
        digests.append(Digest(hashing: reads.json.jsonBytes()))
        return Digest(hashing: (digests + records.sorted()).flatMap(\.bytes))
    }
}
