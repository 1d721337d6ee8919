import Graphs
import Canonical
import Numerics
import Studies
import Engine
import TestSupport

@testable import Models

/// One case of `Tests/Fixtures/models`: the configuration and the expected results.
struct ModelGolden {
    let model: any StudyModel
    let program: TrainingProgram
    let seed: UInt64
    let learningRate: Double
    /// Which steps update the generator.
    let full: [Bool]
    /// Whether the case is a whole run, whose steps follow the program's rule.
    let hasStages: Bool
    let metrics: [[String: Double]]
    let parameters: [String: [Double]]
    let weak: [String: Set<Int>]
    let images: [Double]
    /// Of held-out examples after the last step; empty for models without a likelihood.
    let logLikelihoods: [Double]

    init(_ name: String) throws {
        let json = try JSONValue(parsing: Fixtures.bytes("models/\(name).json"))
        model = ModelCatalog.model(named: json["model"]!.stringValue!)!
        var given = json["hyperparameters"]!.objectValue!
        for name in given.keys where model.schema.hyperparameter(name) == nil { given[name] = nil }
        let values = try model.schema.hyperparameters(reading: .object(given))
        let shape = json["shape"]!.arrayValue!.map { Int($0.integerValue!) }
        program = try model.program(
            ModelConfiguration(
                hyperparameters: values, architecture: .init(name: json["architecture"]!.stringValue!, width: json["width"]!.numberValue!),
                images: ExampleShape(height: shape[0], width: shape[1], channels: shape[2]), batchSize: Int(json["batch_size"]!.integerValue!),
                steps: Int(json["steps"]?.integerValue ?? 100), fields: Self.fields(shape, scale: json["scale"]?.integerValue.map { Int($0) })))
        seed = UInt64(json["seed"]!.integerValue!)
        learningRate = values["learning_rate"] == nil ? 0 : values.real("learning_rate")
        hasStages = json["steps"] != nil
        full = json["full"]!.arrayValue!.map { $0 == true }
        metrics = json["metrics"]!.arrayValue!.map { $0.objectValue!.mapValues { $0.numberValue! } }
        parameters = json["parameters"]!.objectValue!.mapValues { $0.arrayValue!.map { $0.numberValue! } }
        weak = json["weak"]!.objectValue!.mapValues { Set($0.arrayValue!.map { Int($0.integerValue!) }) }
        logLikelihoods = json["log_likelihoods"]?.arrayValue?.map { $0.numberValue! } ?? []
        images = json["images"]!.arrayValue!.map { $0.numberValue! }
    }

    private static func fields(_ shape: [Int], scale: Int?) -> [BatchField] {
        scale.map { [BatchField("low_resolution", [shape[0] / $0, shape[1] / $0, shape[2]])] } ?? []
    }

    /// Fills the fields that a plan reads with the script's numbers.
    private func fill(_ session: Session, _ time: String, _ count: Int) {
        for field in program.fields where session.plan.inputs.contains(where: { $0.name == field.name }) {
            session.setInput(field.name, Self.numbers("\(field.name)/\(time)", count * field.shape.count))
        }
    }

    /// Trains the case's steps from the shared initial values.
    func run() throws -> (store: TensorStore, metrics: [[String: Float]], images: [Float], logLikelihoods: [Float]) {
        let store = TensorStore()
        program.initialize(store, seed: seed)
        for entry in program.parameters where entry.isTrainable { store[entry.name] = Self.initial(entry.name, entry.shape) }
        let device = CPUDevice(threads: 2)
        var metrics: [[String: Float]] = []
        for (index, isFull) in full.enumerated() {
            if let initialization = program.initialization, initialization.step == index {
                let session = Session(initialization.plan, store: store, device: device, seed: seed)
                fill(session, "0", initialization.examples)
                session.run(step: UInt64(index))
            }
            let phase = hasStages ? program.phase(ofStep: index + 1) : isFull ? program.mainPhase : program.phases[0]
            let session = Session(phase.plan, store: store, device: device, seed: seed)
            fill(session, "\(index + 1)", program.batchSize)
            for (name, value) in program.scalars(step: index + 1) where session.plan.inputs.contains(where: { $0.name == name }) { session.setInput(name, value) }
            session.run(step: UInt64(index + 1))
            metrics.append(Dictionary(uniqueKeysWithValues: session.plan.outputs.map { ($0.name, session.output($0.name)[0]) }))
        }
        let sampling = Session(program.generation.plan, store: store, device: device, seed: 0)
        if let latents = program.generation.latents {
            sampling.setInput("latents", Self.numbers("latents", program.batchSize * latents.dimensions).map { 2 * $0 - 1 })
        }
        fill(sampling, "sampling", program.batchSize)
        sampling.run(step: 0)
        return (store, metrics, sampling.output("images"), likelihoods(store, device))
    }

    private func likelihoods(_ store: TensorStore, _ device: CPUDevice) -> [Float] {
        guard let likelihood = program.likelihood else { return [] }
        let session = Session(likelihood.plan, store: store, device: device, seed: 0), count = program.batchSize * likelihood.dimensions
        fill(session, "4", program.batchSize)
        if likelihood.levels != nil {
            session.setInput("noise", RandomStream(seed: seed, name: "likelihood").numbers(.uniform(low: 0, high: 1), step: 4, count: count))
        }
        session.run(step: 0)
        return session.output("log_likelihoods")
    }

    /// The script's `numbers`: a hash of the name's CRC-32 and the index, in [0, 1) as multiples of 2^-24.
    static func numbers(_ name: String, _ count: Int) -> [Float] {
        let salt = crc32(name)
        return (0..<UInt32(count)).map { index in
            var x = (index &* 2_654_435_761) ^ salt
            x = (x ^ (x >> 16)) &* 0x7FEB_352D
            x = (x ^ (x >> 15)) &* 0x846C_A68B
            x ^= x >> 16
            return Float(x >> 8) * 0x1p-24
        }
    }

    private static func initial(_ name: String, _ shape: Shape) -> [Float] {
        if name.hasSuffix("/matrix") {
            return numbers(name, shape.count).enumerated().map { ($0 % (shape[0] + 1) == 0 ? 1 : 0) + 0.5 * ($1 - 0.5) }
        }
        let count = shape.count
        let (center, width): (Float, Float) = name.hasSuffix("/scale") ? (1, 0.5) : name.hasSuffix("/weight") ? (0, 0.5) : (0, 0.25)
        return numbers(name, count).map { center + width * ($0 - 0.5) }
    }

    private static func crc32(_ text: String) -> UInt32 {
        var crc = UInt32.max
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
