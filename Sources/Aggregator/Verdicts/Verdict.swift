/// The conclusion of a table in a sentence or two, computed from bounds that hold for all of its routers at once.
package struct Verdict: Sendable {
    /// What was found; see the page of this module.
    package enum Kind: String, Sendable, CaseIterable {
        /// A router is shown to be more accurate than the best single model.
        case better
        /// A router is shown to keep the best single model's accuracy, within the margin, at a lower cost.
        case cheaper
        /// Shown: no router is more accurate by more than the margin, and no saving is shown.
        case tied
        /// Nothing of these is shown: too few items, or no bounds at all.
        case tooFew = "too_few"
    }

    package let kind: Kind
    /// The place of the router that is named among the rows of its table.
    package let row: Int?
    /// As the board calls it.
    package let router: String?
    package let text: String
    /// What the reader of a table would ask next, each answered either way.
    package let trust: [TrustCheck]

    /// The same for a terminal: what is well by its name alone.
    package var briefTrustLine: String {
        let faults = trust.filter { !$0.isFine }.map { "(!) " + $0.text }
        let fine = trust.filter(\.isFine).map(\.name)
        let rest = fine.isEmpty ? [] : ["fine: \(fine.joined(separator: ", "))"]
        return "Can you trust this? " + (faults + rest).joined(separator: "; ") + "."
    }

    /// One line.
    package var trustLine: String {
        "Can you trust this? " + trust.map { ($0.isFine ? "" : "(!) ") + $0.text }.joined(separator: "; ") + "."
    }
}
