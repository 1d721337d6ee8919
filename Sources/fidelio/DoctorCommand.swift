import ArgumentParser
import Canonical
import Server

struct DoctorCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the installation and suggest repairs.",
        discussion: """
            Checks the storage folder, the catalog, a sample of the archives, data sets, feature extractors and the machine. Changes
            nothing; the server may be running. Exits with 0 if there are no problems (warnings are allowed), with 1 if something is broken.

            EXAMPLE
              fidelio doctor --storage /data/fidelio
              fidelio doctor --all --json
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Read every archive instead of a sample of ten.") var all = false
    @Option(parsing: .unconditional, help: "The port for the server.") var port = 8642

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
