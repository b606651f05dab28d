package import Grid
import Scheduling

extension GridLock: CellSpace {
    package var firstMeasurement: Int { evaluationGroups.upperBound }
}
