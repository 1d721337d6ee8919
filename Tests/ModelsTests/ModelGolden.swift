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
                images: ExampleShape(height: shape[0], width: shape[1], channels: shape[2]), batchSize: Int(json["batch_size"]!.integerValue!), steps: 100))
        seed = UInt64(json["seed"]!.integerValue!)
        learningRate = values.real("learning_rate")
        full = json["full"]!.arrayValue!.map { $0 == true }
        metrics = json["metrics"]!.arrayValue!.map { $0.objectValue!.mapValues { $0.numberValue! } }
        parameters = json["parameters"]!.objectValue!.mapValues { $0.arrayValue!.map { $0.numberValue! } }
        weak = json["weak"]!.objectValue!.mapValues { Set($0.arrayValue!.map { Int($0.integerValue!) }) }
        logLikelihoods = json["log_likelihoods"]?.arrayValue?.map { $0.numberValue! } ?? []
        images = json["images"]!.arrayValue!.map { $0.numberValue! }
    }

    /// Trains the case's steps from the shared initial values.
    func run() throws -> (store: TensorStore, metrics: [[String: Float]], images: [Float], logLikelihoods: [Float]) {
        let store = TensorStore()
        program.initialize(store, seed: seed)
        for entry in program.parameters where entry.isTrainable { store[entry.name] = Self.initial(entry.name, entry.shape) }
        let device = CPUDevice(threads: 2)
        if let initialization = program.initialization {
            let session = Session(initialization.plan, store: store, device: device, seed: seed)
            session.setInput("images", Self.numbers("images/0", initialization.examples * program.generation.images.count))
            session.run(step: 0)
        }
        var metrics: [[String: Float]] = []
        for (index, isFull) in full.enumerated() {
            let session = Session(isFull ? program.mainPhase.plan : program.phases[0].plan, store: store, device: device, seed: seed)
            session.setInput("images", Self.numbers("images/\(index + 1)", program.batchSize * program.generation.images.count))
            for (name, value) in program.scalars(step: index + 1) { session.setInput(name, value) }
            session.run(step: UInt64(index + 1))
            metrics.append(Dictionary(uniqueKeysWithValues: session.plan.outputs.map { ($0.name, session.output($0.name)[0]) }))
        }
        let sampling = Session(program.generation.plan, store: store, device: device, seed: 0)
        sampling.setInput("latents", Self.numbers("latents", program.batchSize * program.generation.latents!.dimensions).map { 2 * $0 - 1 })
        sampling.run(step: 0)
        return (store, metrics, sampling.output("images"), likelihoods(store, device))
    }

    private func likelihoods(_ store: TensorStore, _ device: CPUDevice) -> [Float] {
        guard let likelihood = program.likelihood else { return [] }
        let session = Session(likelihood.plan, store: store, device: device, seed: 0), count = program.batchSize * likelihood.dimensions
        session.setInput("images", Self.numbers("images/4", count))
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
