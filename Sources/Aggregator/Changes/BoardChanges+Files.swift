import Foundation
import RouteGridBase
import Scoring

extension BoardChanges {
    /// How many rows are of each class.
    package func count(_ kind: RowChange.Kind) -> Int { rows.count { $0.kind == kind } }

    /// Rows that are not what they were, the telling ones first; not those that only others moved, without a rank of
    /// their own that did.
    package var notable: [RowChange] {
        let order: [RowChange.Kind] = [.changed, .code, .data, .price, .gone, .new, .pool, .withinNoise]
        let told = rows.filter { $0.causes != [.table] || $0.rankMove == .real }
        return order.flatMap { kind in told.filter { $0.kind == kind } }
    }

    /// Counts in a sentence, such as `12 rows: 10 unchanged, 1 price, 1 changed.`.
    package var summary: String {
        let parts = RowChange.Kind.allCases.compactMap { kind in
            count(kind) > 0 ? "\(count(kind)) \(kind.words)" : nil
        }
        let moves = rows.count { $0.rankMove == .real }
        let ranks = moves > 0 ? "; \(moves) real move\(moves == 1 ? "" : "s") of rank" : ""
        guard !parts.isEmpty else { return "No row on either board." }
        return "\(rows.count) row\(rows.count == 1 ? "" : "s"): \(parts.joined(separator: ", "))\(ranks)."
    }

    /// How classes and bounds were made, for the reader.
    package var method: [String] {
        [
            "Classes: digests of inputs and revisions in the records are compared first, numbers after that.",
            "Intervals hold for all compared rows of a table together at \(JSONValue.shortestText(100 * (1 - alpha))) % "
                + "(Student's t, Bonferroni): of paired differences over shared resamples where both boards have the same "
                + "items and their blobs, else of the two rows' own intervals.",
            "A move of rank is real when the two rank intervals have no rank in common.",
        ]
    }

    /// `changes.json`, one row a line.
    package var jsonBytes: [UInt8] {
        JSONDocument.bytes(
            head: [
                ("schema", .string(BoardChanges.schema)), ("mode", .string(mode)), ("alpha", .double(alpha)),
                ("old_sha256", .string(digests.old.hex)), ("new_sha256", .string(digests.new.hex)),
                (
                    "counts",
                    .object(
                        Dictionary(
                            uniqueKeysWithValues: RowChange.Kind.allCases.map { ($0.rawValue, JSONValue(count($0))) }
                        )
                    )
                ),
                ("text", .string(summary)), ("method", JSONValue(method)),
            ],
            list: "rows",
            rows.map(\.json)
        )
    }

    /// `changes.md`.
    package var markdownBytes: [UInt8] {
        var text = "# Changes\n\n**\(SafeText.markdown(summary))**\n"
        if !notable.isEmpty {
            text += "\n| class | row | metric | was | is | difference | rank | why |\n"
            text += "| --- | --- | --- | ---: | ---: | --- | --- | --- |\n"
            for row in notable {
                let cells = [
                    row.kind.words, row.name.name, BoardMetric.named(row.metric).title, row.text(row.oldValue),
                    row.text(row.newValue), row.differenceText, row.rankText, row.why,
                ]
                text += "| " + cells.map(SafeText.markdown).joined(separator: " | ") + " |\n"
            }
        }
        text += "\n" + method.map { "* \(SafeText.markdown($0))\n" }.joined()
        return Array(text.utf8)
    }
}

extension RowChange.Kind {
    package var words: String {
        switch self {
        case .pool: "pool only"
        case .withinNoise: "within noise"
        default: rawValue
        }
    }
}

extension RowChange {
    package func text(_ value: Double?) -> String { BoardMetric.named(metric).text(value) }

    /// `+0.0120 [−0.0031, +0.0271]`.
    package var differenceText: String {
        guard let difference else { return "–" }
        func signed(_ value: Double) -> String {
            let shown = BoardMetric.named(metric).text(abs(value)).replacing("+", with: "")
            return (value < 0 ? "−" : "+") + shown
        }
        guard let interval else { return signed(difference) }
        return "\(signed(difference)) [\(signed(interval.low)), \(signed(interval.high))]"
    }

    /// `1–3 → 4–6 (real)`.
    package var rankText: String {
        func text(_ standing: Standing?) -> String {
            standing.map { $0.rank.map(BoardTable.range) ?? $0.place.map(String.init) ?? "–" } ?? "–"
        }
        let (before, after) = (text(oldStanding), text(newStanding))
        guard before != after else { return before }
        let move =
            switch rankMove {
            case .real: " (real)"
            case .notShown: " (not shown)"
            default: ""
            }
        return "\(before) → \(after)\(move)"
    }

    /// Causes, and what the numbers say of them.
    package var why: String {
        var parts = causes.map(\.words)
        if kind == .data || kind == .code || kind == .price || kind == .pool || causes.contains(.outcomes) {
            switch effect {
            case .none: if difference != nil, causes != [.table] { parts.append("the number is the same") }
            case .withinNoise: parts.append("no difference is shown")
            case .changed: parts.append(isShownWorse ? "shown to be worse" : "shown to be better")
            case .unknown: parts.append("no interval\(remark.map { ", because \($0)" } ?? "")")
            }
        }
        return parts.joined(separator: "; ")
    }

    var json: JSONValue {
        func standing(_ standing: Standing?) -> JSONValue {
            guard let standing else { return .null }
            return [
                "rank": standing.rank.map { [JSONValue($0.lowerBound), JSONValue($0.upperBound)] } ?? .null,
                "place": standing.place.map { JSONValue($0) } ?? .null,
            ]
        }
        return [
            "row": .string(name.slug), "dataset": .string(name.dataset), "router": .string(name.router),
            "class": .string(kind.rawValue), "causes": JSONValue(causes.map(\.rawValue)),
            "effect": .string(effect.rawValue), "metric": .string(metric),
            "old": oldValue.map { .double($0) } ?? .null, "new": newValue.map { .double($0) } ?? .null,
            "difference": difference.map { .double($0) } ?? .null,
            "se": estimate.map { .double($0.standardError) } ?? .null,
            "lo": interval.map { .double($0.low) } ?? .null, "hi": interval.map { .double($0.high) } ?? .null,
            "paired": estimate.map { .bool($0.isPaired) } ?? .null,
            "old_standing": standing(oldStanding), "new_standing": standing(newStanding),
            "rank_move": rankMove.map { .string($0.rawValue) } ?? .null,
            "cells": [
                "equal": JSONValue(cells.equal), "gone": JSONValue(cells.gone), "new": JSONValue(cells.new),
                "diverged": JSONValue(cells.diverged),
            ],
            "why": .string(why),
        ]
    }
}
