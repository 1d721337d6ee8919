import ArgumentParser
import Canonical

@main
struct Fidelio: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fidelio",
        abstract: "Studies of generative models whose results can be proved.",
        discussion: """
            EXAMPLE
              fidelio serve                          start the server and print a link
              fidelio run specification.json         train one specification
              fidelio runs --filter "model = 'wgan' and fid < 30" --order-by fid

            EXIT CODES
              0 done    1 failed    2 different (verify)    42 diverged    64 bad input
              69 not available    74 a disk is full or may not be written    75 not finished: saved, or still at work in the server
            """,
        version: "fidelio \(Version.program), numerics \(Version.numerics)",
        subcommands: [
            ServeCommand.self, RunCommand.self, StudyCommand.self, ReportCommand.self, RunsCommand.self, ShowCommand.self, VerifyCommand.self,
            CancelCommand.self, DatasetCommand.self, ExportCommand.self, ExperimentCommand.self, LinkCommand.self, MemberCommand.self, DoctorCommand.self, BackupCommand.self, StepPlanCommand.self,
            BenchCommand.self, WorkerCommand.self, ExportWorkerCommand.self,
        ])
}
