import ArgumentParser
import COpenBLAS
import CPlatform
import RouteGridBase
import Worker

/// One slot of a worker, started by its supervisor over a socket pair; not for direct use.
struct SlotVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slot",
        abstract: "Computes for a worker, which starts it.",
        discussion: "Descriptor 3 is the socket to the worker, 4 the memory page that shows what is computed.",
        shouldDisplay: false
    )

    @Flag(help: "Print the numerics class of this process, and end.") var numerics = false
    @Option(help: "The two lock files for turns: what their names begin with.") var turn: String?
    @OptionGroup var programs: ProgramOptions

    func run() throws {
        if let problem = openblas_problem() { throw RouteGridError(.system, String(cString: problem)) }
        openblas_set_num_threads(1)
        if numerics { return Console.writeData(NumericsClass.text + "\n") }
        cplatform_keep_freed_memory()
        let progress = try ProgressPage(descriptor: SlotMain.progressDescriptor)
        let executor = ExperimentExecutor(
            numerics: NumericsClass.text,
            turn: turn.map { MachineTurn(files: $0) } ?? MachineTurn(),
            programs: try programs.allowed()
        )
        let slot = SlotMain(
            descriptor: SlotMain.connectionDescriptor,
            progress: progress,
            executor: executor
        )
        try slot.run(numerics: NumericsClass.text)
    }
}
