import ArgumentParser
import Canonical

@main
struct Fidelio: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fidelio",
        abstract: "Reproducible studies of generative models.",
        discussion: """
            EXAMPLE
              fidelio serve                          start the server and print a link
              fidelio run specification.json         train one specification
              fidelio runs --filter "model = 'wgan' and fid < 30" --order-by fid

            EXIT CODES
              0 done    1 failed    2 different (verify, prove, fsck)    42 diverged
              64 bad input    69 not available    74 the disk or the output cannot be written
              75 not finished: state saved, or still running in the server
              141 the reader of standard output is gone
              See docs/command-line.md for all codes and the conventions of options.
            """,
        version: "fidelio \(Version.program), numerics \(Version.numerics)",
        subcommands: [
            ServeCommand.self, RunCommand.self, StudyCommand.self, ReportCommand.self, RunsCommand.self, ShowCommand.self, VerifyCommand.self, ProveCommand.self, EvaluateCommand.self, EnlargeCommand.self, NotebookCommand.self,
            QueueCommand.self, CancelCommand.self, LabelCommand.self, DeleteCommand.self, TrashCommand.self, RetentionCommand.self, CleanCommand.self, DatasetCommand.self, ExtractorCommand.self, FIDCommand.self, MetricsCommand.self, ReferenceCommand.self, ExportCommand.self, ImportCommand.self, ExperimentCommand.self, LabCommand.self, LinkCommand.self, MemberCommand.self, DoctorCommand.self, FsckCommand.self, BackupCommand.self, StepPlanCommand.self,
            BenchCommand.self, WorkerCommand.self, ExportWorkerCommand.self, SQLWorkerCommand.self, LabWorkerCommand.self, ExperimentWorkerCommand.self,
        ])

}

extension Fidelio {
    /// All output goes through `Console`, including the parser's help and error messages. Arguments keep bytes that are not UTF-8,
    /// because file names may contain them.
    static func main() async {
        StandardStreams.secure()
        Console.end(await perform(Array(ProgramWords.arguments.dropFirst())))
    }

    /// - Returns: the exit code
    private static func perform(_ arguments: [String]) async -> Int32 {
        do {
            var command = try parseAsRoot(try EmptyValues.checked(arguments))
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            return 0
        } catch {
            let (code, text) = (exitCode(for: error).rawValue, fullMessage(for: error))
            if !text.isEmpty { code == 0 ? Console.say(text) : Console.remark(text) }
            return code
        }
    }
}

/// An empty value usually comes from an unset variable in a script. It would otherwise mean the working folder, every run, or the first member.
enum EmptyValues {
    /// Options for which an empty value means the same as no value.
    private static let harmless = ["--filter", "--order-by"]

    /// - Returns: the arguments, with allowed empty values in the form that the parser accepts
    /// - Errors: `ValidationError` that names the option
    static func checked(_ arguments: [String]) throws -> [String] {
        for (place, argument) in arguments.enumerated() {
            let before = place == 0 ? "" : arguments[place - 1]
            if argument.isEmpty, !harmless.contains(before) {
                throw ValidationError(before.hasPrefix("--") && !before.contains("=") ? "\(before) has an empty value" : "argument \(place + 1) is empty")
            }
            if argument.hasPrefix("--"), argument.hasSuffix("="), !harmless.contains(String(argument.dropLast())) {
                throw ValidationError("\(argument.dropLast()) has an empty value")
            }
        }
        return arguments.flatMap { argument in harmless.contains { argument == $0 + "=" } ? [String(argument.dropLast()), ""] : [argument] }
    }
}
