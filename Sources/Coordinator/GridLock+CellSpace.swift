package import Grid
package import Scheduling

extension GridLock: CellSpace {
    package var firstMeasurement: Int { evaluationGroups.upperBound }
}
