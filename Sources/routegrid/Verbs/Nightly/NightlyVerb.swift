import ArgumentParser

/// A grid every night.
struct NightlyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly",
        abstract: "Runs a grid every night, judges it against a frozen reference and publishes what it found.",
        discussion: """
            Records stay in DIR/state, or where --state says. The first complete night is the reference; `nightly accept DIR \
            NIGHT` moves it. A night with missing records, or on which rows that no router moves have moved (the accuracy of \
            oracle and fixed, what a fixed model costs), is incomplete (3): an outage is no regression. A router that is shown to be worse than on the reference night is \
            a regression (4). Anything else that differs is changed (0, or 4 with --fail-on changed). All nights and routers \
            together raise a false alarm with probability statistics.alpha at most.

            Rules are in the grid, or in a file of their own (--gate):
              gate: {metric: nauc_shared, router: knn, drop: 0.01}
            `metric` is any of `routegrid metrics`, `router` a kind or the name of a row. A rule that no row of the grid can \
            break is an error (65) before any cell is computed; one that no row of the board breaks, or that has no \
            interval to be judged by, makes the night incomplete (3).
            --again COMMAND measures the outcomes again before an alarm; --on-change COMMAND is run for a night that is not \
            clean, with ROUTEGRID_VERDICT, ROUTEGRID_NIGHT, ROUTEGRID_FOLDER and ROUTEGRID_TEXT in its environment.

            Examples:
              routegrid nightly jobs/demo.yaml --publish nights/demo
              routegrid nightly jobs/demo.yaml --publish nights/demo --connect tcp://head:7557 --keep 30
            """,
        subcommands: [NightlyRun.self, NightlyAccept.self],
        defaultSubcommand: NightlyRun.self
    )
}
