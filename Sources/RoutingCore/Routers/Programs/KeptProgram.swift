import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// A program with the fit that it wrote: it is run for every question.
struct KeptProgram: FittedRouter {
    let command: String
    let facts: ProgramExchange.Facts
    /// The file that the program wrote as `fit`.
    let fit: [UInt8]
    let map: FeatureMap
    let programs: any RouterPrograms

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        let place = "router exec \(SafeText.line(command))"
        let features = try map.features(for: rows, of: table, modality: modality)
        let input = ProgramExchange.input(facts, test: ProgramExchange.Rows(features: features, ids: nil))
        let limit = ProgramExchange.limit(rows: rows.count, models: facts.models.count)
        let output = try programs.answer(of: command, to: .predict(input, by: fit), file: nil, limit: limit)
        return try ProgramExchange.output(
            output,
            rows: rows.count,
            models: facts.models,
            place: "\(place): its answer"
        )
    }
}

extension KeptProgram {
    /// Eight bytes of the fit are a number of its tensor: files of fits have no other type that bytes fit into.
    private static let width = MemoryLayout<Double>.size

    func write(to writer: inout FitWriter) {
        writer.members["command"] = .string(command)
        if let arguments = facts.arguments { writer.members["arguments"] = .string(arguments) }
        writer.members["bytes"] = JSONValue(fit.count)
        writer.add(
            "program.fit",
            stride(from: 0, to: max(fit.count, 1), by: Self.width).map { start in
                let bits = (0..<Self.width).reduce(UInt64(0)) { bits, place in
                    bits | UInt64(start + place < fit.count ? fit[start + place] : 0) << (8 * UInt64(place))
                }
                return Double(bitPattern: bits)
            }
        )
    }

    /// - Throws: `badInput` when a part is absent or of another form; `usage` where no program is allowed.
    init(_ reader: FitReader) throws {
        guard let command = reader.members["command"]?.stringValue else {
            throw reader.failure("command: expected the name of a program")
        }
        guard let programs = reader.programs else {
            let name = SafeText.line(command)
            throw RouteGridError(.usage, "router exec \(name): its program answers: --allow-exec \(name)=PATH")
        }
        let count = try reader.integer("bytes", in: 0...ProgramExchange.fitLimit)
        let numbers = try reader.vector("program.fit", count: max(1, (count + Self.width - 1) / Self.width))
        let bytes = numbers.flatMap { number in
            (0..<Self.width).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt64($0))) }
        }
        self.init(
            command: command,
            facts: ProgramExchange.Facts(
                models: reader.models,
                streams: try reader.streams(),
                mode: reader.mode,
                arguments: reader.members["arguments"]?.stringValue
            ),
            fit: Array(bytes.prefix(count)),
            map: reader.map,
            programs: programs
        )
    }
}
