import Catalog
import RouteGridBase

extension GridFile {
    /// `{rule: …, at: […]}`, several of them, or plain points under rule `threshold`.
    ///
    /// λ of the soft-label rule belong to the fit and come back as labels; their evaluation has one point.
    static func budgets(
        _ node: GridNode?
    ) throws(RouteGridError) -> (budgets: [BudgetEntry], labels: [LabelConfiguration]) {
        guard let node else {
            return ([BudgetEntry(rule: .threshold, budget: .exact, isDollars: false, place: "budgets")], [])
        }
        var budgets: [BudgetEntry] = []
        var labels: [LabelConfiguration] = []
        if node.elements.contains(where: \.isMapping) {
            for node in node.elements {
                let options = BudgetRule.allCases.flatMap(\.descriptor.options)
                let entry = try GridMapping(node, of: "{rule: …, at: […]}", keys: ["rule", "at"] + options)
                let rule = try rule(entry["rule"])
                for option in options where !rule.descriptor.options.contains(option) {
                    guard let node = entry[option], let owner = BudgetRule.first(with: option) else { continue }
                    throw node.failure("only rule \(owner.rawValue) has \(option)")
                }
                if rule.descriptor.budgets == .labels {
                    labels += try softLabels(entry)
                    // All λ, of whatever scale and scheme, are evaluated at the one point of their fit.
                    if budgets.contains(where: { $0.rule == rule }) { continue }
                    budgets.append(BudgetEntry(rule: rule, budget: .exact, isDollars: false, place: node.place))
                } else {
                    let raw = try raw(entry["raw"])
                    budgets += try points(entry["at"], rule: rule, isRaw: raw, place: node.place)
                }
            }
        } else {
            budgets = try points(node, rule: .threshold, place: node.place)
        }
        try checkCount(budgets.count, GridRanges.budgets, of: "budgets", node)
        try checkCount(labels.count, GridRanges.budgets, of: "values of λ", node)
        try refuseRepeats(
            budgets.map { ("\($0.rule.rawValue) \($0.isRawPenalty) \($0.budget.json.canonicalText)", $0.place) },
            what: "this budget"
        )
        try refuseRepeats(labels.map { ($0.json.canonicalText, node.place) }, what: "a λ")
        return (budgets, labels)
    }

    private static func rule(_ node: GridNode?) throws(RouteGridError) -> BudgetRule {
        guard let node else { return .threshold }
        let known = BudgetRule.allCases.map(\.rawValue)
        let name = try node.text("one of \(known.joined(separator: ", "))")
        guard known.contains(name), let rule = BudgetRule(rawValue: name) else {
            throw node.failure("unknown rule \"\(name)\"\(NearestName.hint(name, in: known))")
        }
        return rule
    }

    /// `raw: true` of rule `penalty`.
    private static func raw(_ node: GridNode?) throws(RouteGridError) -> Bool {
        guard let node else { return false }
        guard let text = node.scalar, ["true", "false"].contains(text) else {
            throw node.failure("expected true or false, found \(node.found)")
        }
        return text == "true"
    }

    private static func points(
        _ node: GridNode?,
        rule: BudgetRule,
        isRaw: Bool = false,
        place: String
    ) throws(RouteGridError) -> [BudgetEntry] {
        guard let node else {
            return [BudgetEntry(rule: rule, isRawPenalty: isRaw, budget: .exact, isDollars: false, place: place)]
        }
        var entries: [BudgetEntry] = []
        for node in try node.nonEmptyElements(of: "budget") {
            for value in try GridFunctions.numbers(node) {
                var text = value.stringValue ?? value.canonicalText
                let isPenalty = rule.descriptor.budgets == .penalties
                let isDollars = !isPenalty && text.hasPrefix("$")
                if isDollars { text.removeFirst() }
                if isPenalty, text.hasPrefix("lambda=") { text.removeFirst("lambda=".count) }
                let budget = try Budget(json: value.stringValue == nil ? value : .string(text), place: node.place)
                if isPenalty, case .relative = budget {
                    throw node.failure(
                        "expected exact or lambda=NUMBER under rule \(rule.rawValue), found \(node.found)"
                    )
                }
                entries.append(
                    BudgetEntry(
                        rule: rule,
                        isRawPenalty: isRaw,
                        budget: budget,
                        isDollars: isDollars,
                        place: node.place
                    )
                )
            }
        }
        return entries
    }

    private static func softLabels(_ entry: GridMapping) throws(RouteGridError) -> [LabelConfiguration] {
        let scale = try entry["scale"].mapThrowing { node throws(RouteGridError) in
            try node.number(Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude)
        }
        var scheme = "exp"
        if let node = entry["scheme"] {
            scheme = try node.text()
            guard ["exp", "power"].contains(scheme) else {
                throw node.failure("expected one of exp, power, found \(node.found)")
            }
        }
        let list = try entry.required("at", "a list of λ such as [0, 100, inf]")
        var labels: [LabelConfiguration] = []
        for node in try list.nonEmptyElements(of: "λ") {
            for value in try GridFunctions.numbers(node) {
                let text = value.stringValue.map { $0.hasPrefix("lambda=") ? String($0.dropFirst(7)) : $0 }
                guard let lambda = text.flatMap(Double.init) ?? value.numberValue, lambda >= 0 else {
                    throw node.failure("expected λ of at least 0, or inf, found \(node.found)")
                }
                labels.append(LabelConfiguration(lambda: lambda == 0 ? 0 : lambda, scale: scale ?? 1, scheme: scheme))
            }
        }
        // Here for its place: a λ that another entry has too is found when all are there.
        try refuseRepeats(labels.map { ($0.json.canonicalText, list.place) }, what: "a λ")
        return labels
    }
}
