import Foundation
import RouteGridBase
import Scoring

/// Reads the verdict of a table off its claims.
struct SectionVerdict {
    private let section: BoardSection
    private let mode: String
    private let hasStatistics: Bool

    init(_ section: BoardSection, mode: String, hasStatistics: Bool) {
        (self.section, self.mode, self.hasStatistics) = (section, mode, hasStatistics)
    }

    private typealias Found = (kind: Verdict.Kind, row: Int?, text: String)

    var verdict: Verdict {
        let found = section.claims.map { read($0) } ?? (kind: .tooFew, row: nil, text: unjudged)
        return Verdict(
            kind: found.kind,
            row: found.row,
            router: found.row.map(name),
            text: found.text,
            trust: TrustCheck.checks(of: section)
        )
    }

    /// A router with its numbers.
    private struct Candidate {
        let row: Int
        let claim: SectionClaims.Claim
    }

    private func read(_ claims: SectionClaims) -> Found {
        let candidates = claims.claims.sorted { $0.key < $1.key }.map { Candidate(row: $0.key, claim: $0.value) }
        // Both the bounds that hold for all claims of the table and the rule of QNC itself.
        let keeping = candidates.filter { candidate in
            (candidate.claim.gap?.low ?? -.infinity) > -claims.margin && section.rows[candidate.row].value("qnc") != nil
        }
        .sorted { cost($0) < cost($1) }
        let saving = keeping.filter { ($0.claim.cost?.high ?? .infinity) < 1 && !hasDoubtfulCosts($0) }
        let better = candidates.filter { ($0.claim.gain?.low ?? -.infinity) > 0 }
        if let best = better.max(by: { (gain($0), -$0.row) < (gain($1), -$1.row) }) {
            var text = betterText(best, better.filter { $0.row != best.row })
            if let cheapest = saving.first { text += " " + alternative(cheapest, to: best) }
            return (.better, best.row, text)
        }
        if let cheapest = saving.first {
            return (.cheaper, cheapest.row, cheaperText(cheapest, of: saving.count, claims))
        }
        let isTied = candidates.allSatisfy { ($0.claim.gain?.high ?? .infinity) < claims.margin }
        if isTied { return (.tied, keeping.first?.row, tiedText(keeping, claims)) }
        return (.tooFew, nil, fewText(candidates, claims))
    }

    private func cost(_ candidate: Candidate) -> Double { candidate.claim.cost?.estimate ?? .infinity }
    private func gain(_ candidate: Candidate) -> Double { candidate.claim.gain?.estimate ?? -.infinity }
    private func hasDoubtfulCosts(_ candidate: Candidate) -> Bool { section.rows[candidate.row].hasDoubtfulCosts }
    private func name(_ candidate: Candidate) -> String { name(candidate.row) }
    private func name(_ row: Int) -> String { RouterNames(among: section.rows).name(of: section.rows[row]) }

    // MARK: Sentences

    private func betterText(_ best: Candidate, _ others: [Candidate]) -> String {
        guard let gain = best.claim.gain else { return "" }
        var also = ""
        if !others.isEmpty {
            also = "; \(others.count == 1 ? "one other router does" : "\(others.count) other routers do") too"
            if others.allSatisfy({ isTied($0, best) }) {
                also += ", and the table does not tell \(others.count == 1 ? "the two" : "them") apart"
            }
        }
        return "\(name(best)) beats the best single model: accuracy \(VerdictWords.difference(gain.estimate)) "
            + "(at least +\(VerdictWords.atLeast(gain.low)))\(also)."
    }

    /// Whether neither of two rows is shown to be better on the metric that rows are ordered by.
    private func isTied(_ one: Candidate, _ other: Candidate) -> Bool {
        guard let comparison = section.comparison, let a = comparison.rows.firstIndex(of: one.row),
            let b = comparison.rows.firstIndex(of: other.row)
        else { return true }
        return !comparison.result.isBetter[a][b] && !comparison.result.isBetter[b][a]
    }

    private func alternative(_ cheapest: Candidate, to best: Candidate) -> String {
        let subject =
            cheapest.row == best.row
            ? "At another of its points it keeps" : "For less money, \(name(cheapest)) keeps"
        return "\(subject) that model's accuracy (\(below(cheapest))) at \(costs(cheapest))."
    }

    private func cheaperText(_ cheapest: Candidate, of count: Int, _ claims: SectionClaims) -> String {
        let limit = JSONValue.shortestText(claims.margin)
        let which =
            count == 1
            ? "one keeps its accuracy within \(limit) for less:"
            : "\(count) keep its accuracy within \(limit) for less, the cheapest of them"
        return "No router is shown to be more accurate than the best single model; \(which) \(name(cheapest)), at "
            + "\(costs(cheapest)) with \(below(cheapest))."
    }

    private func tiedText(_ keeping: [Candidate], _ claims: SectionClaims) -> String {
        let limit = JSONValue.shortestText(claims.margin)
        let none = "No router is more accurate than the best single model by more than \(limit)"
        guard let cheapest = keeping.first else {
            return none + ", and none is shown to keep its accuracy: use that model."
        }
        let why =
            hasDoubtfulCosts(cheapest)
            ? "costs are known to be wrong (see the flags), so no saving is claimed" : "a saving is not shown"
        return none + "; the cheapest of the tied is \(name(cheapest)), \(below(cheapest)); \(why)."
    }

    private func fewText(_ candidates: [Candidate], _ claims: SectionClaims) -> String {
        let unit = claims.isByItem ? "test items" : "groups of test items"
        let seen = "\(VerdictWords.grouped(claims.unitCount)) \(unit)"
        let halves = candidates.flatMap { [$0.claim.gain?.half, $0.claim.gap?.half] }.compactMap(\.self).sorted()
        let limit = JSONValue.shortestText(claims.margin)
        guard !halves.isEmpty else { return "\(seen) cannot separate these: there are too few for any bound." }
        let ratio = halves[halves.count / 2] / max(claims.margin, 1e-6)
        guard ratio > 1.05 else {
            return
                "\(seen) leave open whether a router is better than the best single model, or as good within \(limit) "
                + "for less: differences are close to the limits."
        }
        let needed = VerdictWords.count(Double(claims.unitCount) * ratio * ratio)
        return "\(seen) cannot separate these from the best single model within \(limit); about \(needed) would."
    }

    /// `accuracy −0.004, at most 0.016 below it`.
    private func below(_ candidate: Candidate) -> String {
        guard let gap = candidate.claim.gap else { return "" }
        let difference = "accuracy \(VerdictWords.difference(gap.estimate))"
        return gap.low >= 0
            ? "\(difference), not below it" : "\(difference), at most \(VerdictWords.atMost(-gap.low)) below it"
    }

    /// `17 % of its cost (at most 21 %)`.
    private func costs(_ candidate: Candidate) -> String {
        guard let cost = candidate.claim.cost else { return "" }
        return "\(VerdictWords.percent(cost.estimate)) of its cost (at most \(VerdictWords.percentAtMost(cost.high)))"
    }

    /// Why nothing was judged.
    private var unjudged: String {
        "Cannot separate: \(reason)."
    }

    private var reason: String {
        if let remark = section.remark { return "there are no intervals, because \(remark)" }
        if section.key.part != "test" { return "this is part \(section.key.part), which choices are made on" }
        if mode != "sound" {
            return "mode \(mode) picks its points by the labels that it reports, so its curves have no intervals"
        }
        guard hasStatistics else { return "there are no intervals (statistics.bootstrap is 0)" }
        let routers = section.rows.filter { !$0.isReference && !$0.isBound }
        if routers.isEmpty { return "the table has no router, only what routers are measured against" }
        if routers.allSatisfy({ !$0.isNameable }) {
            let flags = Set(routers.flatMap(\.harmfulFlags)).sorted().map(\.rawValue).joined(separator: ", ")
            return "every router is flagged (\(flags))"
        }
        if section.rows.count > BoardStatistics.rowLimit { return "there are too many rows to test together" }
        return "no router has an interval"
    }
}
