import ArgumentParser
import Canonical
import Workbench

struct DoctorCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the installation, and say what to do.",
        discussion: """
            Looks at the storage folder, the catalog, a sample of the archives, the data sets, the encoders and the machine. Changes
            nothing, and works beside a server. Ends with 0 when all is well (warnings allowed), with 1 when something is broken.

            EXAMPLE
              fidelio doctor --storage /data/fidelio
              fidelio doctor --all --json
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Read every archive, not a sample of ten.") var all = false
    @Option(parsing: .unconditional, help: "The port that the server shall have.") var port = 8642

    mutating func validate() throws {
        guard (1...65_535).contains(port) else { throw ValidationError("--port \(port) is not in 1...65535") }
    }

    mutating func perform() async throws -> Int32 {
        let findings = Doctor(storage: common.storageFolder, samples: all ? nil : 10, port: port).examine()
        let worst = findings.map(\.verdict).max() ?? .good
        if common.json {
            Console.say(["verdict": .string(worst.rawValue), "findings": .array(findings.map(\.json))])
        } else {
            for finding in findings {
                let mark = finding.verdict == .good ? "ok      " : finding.verdict == .warning ? "warning " : "PROBLEM "
                Console.say("\(mark)\(finding.subject): \(finding.sentence)" + (finding.advice.isEmpty ? "" : "\n        -> \(finding.advice)"))
            }
        }
        return worst == .problem ? CommandFailure.Code.failed : 0
    }
}
