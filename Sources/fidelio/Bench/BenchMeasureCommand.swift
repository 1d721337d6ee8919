import Engine
import ArgumentParser
import Canonical
import Graphs

struct BenchMeasureCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure steps, products, Adam, sampling, memory and startup.",
        discussion: """
            EXAMPLE
              fidelio bench measure --only step-28 --only adam --threads 2
              fidelio bench measure --only kernels-28   every kernel of a step
            """)

    @OptionGroup var options: BenchOptions
    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Measure only this; may be repeated.", valueName: "name")) var only: [String] = []
    @Flag(help: "List the names and exit.") var list = false

    func validate() throws {
        if list, !only.isEmpty { throw ValidationError("--only has no effect with --list") }
    }

    mutating func perform() async throws -> Int32 {
        if list {
            Console.say(BenchCatalog.standard.map(\.name).joined(separator: "\n"))
            Console.say(BenchCatalog.further.map { $0.name + "   (only if named)" }.joined(separator: "\n"))
            return 0
        }
        let settings = try options.settings()
        let roofline = try Roofline(settings)
        var results: [BenchResult] = []
        for workload in try BenchCatalog.workloads(only) {
            Console.remark("measuring \(workload.name)")
            results += try workload.measure(settings).map { $0.under(roofline) }
        }
        options.json ? Console.say(report(results, settings, roofline)) : Console.say(table(results, settings, roofline))
        return 0
    }

    private func report(_ results: [BenchResult], _ settings: BenchSettings, _ roofline: Roofline) -> JSONValue {
        [
            "program": .string(Version.program), "numerics": .integer(Int64(Version.numerics)), "cores": .integer(Int64(BenchOptions.cores)),
            "threads": .integer(Int64(settings.threads)), "kernels": .string(settings.kernels.rawValue), "roofline": roofline.json,
            "results": .array(results.map(\.json)),
        ]
    }

    private func table(_ results: [BenchResult], _ settings: BenchSettings, _ roofline: Roofline) -> String {
        var table = Table(["name", "work", "median", "spread", "rate"])
        for result in results { table.add(result.row) }
        return "\(settings.threads) thread\(settings.threads == 1 ? "" : "s"), \(settings.kernels.rawValue) kernels: \(roofline.text)\n\n" + table.text
    }
}
