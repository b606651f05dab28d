/// Which part of a split a cell is evaluated on.
package enum EvaluationPart: String, Hashable, Sendable, CaseIterable { case dev, test }
