import ArgumentParser
import Canonical
import Datasets
import Execution
import Models
import Storage
import Studies
import Graphs
import Training

struct StepPlanCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "step-plan",
        abstract: "Print the compiled plan of a training step, kernel by kernel.",
        discussion: """
            Prints one plan per kind of step, one that sets parameters from data if the model has it, and the plan that generates samples. Plans with equal digests do the same work in the same
            order. The data set need not be present; nothing is trained.

            EXAMPLE
              echo '{"model":"ns-gan","dataset":"mnist","steps":1}' | fidelio step-plan -
              fidelio step-plan spec.json --json
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The specification, a JSON file; - reads standard input.", valueName: "specification")) var file: String

    mutating func perform() async throws -> Int32 {
        let store = DatasetStore(root: common.storageFolder.datasets)
        let specification = try Specification(reading: try InputFile.json(file), models: CommonOptions.models, datasets: store.facts)
        let plans = try Self.plans(of: specification, store)
        if common.json {
            Console.say([
                "numerics": .integer(Int64(Version.numerics)), "model": .string(specification.model), "plans": .array(plans.map(Self.json)),
            ])
        } else {
            Console.say(plans.map { "\($0.kind): digest \($0.plan.digest)\n\($0.plan)" }.joined(separator: "\n"))
        }
        return 0
    }

    /// "initialization" if there is one, the phases of training, and "sampling".
    private static func plans(of specification: Specification, _ store: DatasetStore) throws -> [(kind: String, plan: Plan)] {
        let dataset = try store.description(named: specification.dataset.name)
        do {
            return try TrainingProgram(specification, fields: dataset.fields, dataset: dataset.name).namedPlans.map { (kind: $0.name, plan: $0.plan) }
        } catch let error as TrainingError {
            throw CommandFailure("\(error)", code: CommandFailure.Code.badInput)
        }
    }

    private static func json(_ kind: String, _ plan: Plan) -> JSONValue {
        [
            "kind": .string(kind), "digest": .string(plan.digest), "scratch_bytes": .integer(Int64(plan.scratchBytes)),
            "product_operations": .number(plan.productOperations),
            "kernels": .array(plan.work.map { .string($0.description) }),
        ]
    }
}
