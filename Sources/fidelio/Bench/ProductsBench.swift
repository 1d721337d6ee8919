import Canonical
import Models
import Numerics
import Graphs
import Engine

/// The matrix products and convolutions of the main model's step, each measured separately.
struct ProductsBench: BenchWorkload {
    let size: Int
    let channels: Int

    var name: String { "products-\(size)" }

    func measure(_ settings: BenchSettings) throws -> [BenchResult] {
        let program = try StepRunner.program(model: BenchCatalog.mainModel, size: size, channels: channels)
        var forms: [ProductForm] = []
        var counts: [ProductForm: Int] = [:]
        for form in program.mainPhase.plan.work.compactMap(\.product) {
            if counts[form] == nil { forms.append(form) }
            counts[form, default: 0] += 1
        }
        let device = settings.device()
        return try forms.map { form in
            let plan = try Plan(form)
            let session = Session(plan, store: TensorStore(), device: device, seed: 0)
            for (name, shape) in plan.inputs {
                let stream = RandomStream(seed: 0, name: "bench/\(name)")
                session.setInput(name, stream.numbers(.uniform(low: -1, high: 1), step: 0, count: shape.count))
            }
            let times = Self.productTimes(session, settings)
            return BenchResult(
                name: "\(name)/\(form.benchName)", title: "\(counts[form] ?? 0) in a step", value: .seconds(times), operations: plan.productOperations,
                details: ["product": form.benchJSON, "in_step": .integer(Int64(counts[form] ?? 0))])
        }
    }

    /// Durations of the product alone, without the copy to the output that follows it.
    private static func productTimes(_ session: Session, _ settings: BenchSettings) -> BenchTimes {
        guard let index = session.plan.work.firstIndex(where: { $0.product != nil }) else { return BenchTimes([]) }
        for _ in 0..<2 { session.run(step: 1) }
        var before = 0.0
        var times: [Double] = []
        _ = settings.repeated(warmUp: 0, seconds: settings.seconds / 12) {
            session.run(step: 1, profiled: true)
            times.append(session.profile[index] - before)
            before = session.profile[index]
        }
        return BenchTimes(times)
    }
}

extension ProductForm {
    fileprivate var benchName: String {
        func images(_ g: ConvolutionGeometry, _ count: Int, _ inChannels: Int, _ outChannels: Int) -> String {
            "\(count)x\(g.inputHeight)x\(g.inputWidth)x\(inChannels)-\(outChannels)"
        }
        return switch self {
        case .matrix(let m, let n, let k, let transposeA, let transposeB): "\(m)x\(n)x\(k)\(transposeA ? "-ta" : "")\(transposeB ? "-tb" : "")"
        case .convolution(let g, let count, let inChannels, let outChannels): "convolution-" + images(g, count, inChannels, outChannels)
        case .inputGradient(let g, let count, let inChannels, let outChannels): "input-gradient-" + images(g, count, inChannels, outChannels)
        case .weightGradient(let g, let count, let inChannels, let outChannels): "weight-gradient-" + images(g, count, inChannels, outChannels)
        }
    }

    /// The parameters with which another program can run the same product.
    fileprivate var benchJSON: JSONValue {
        func convolution(_ kind: String, _ g: ConvolutionGeometry, _ count: Int, _ inChannels: Int, _ outChannels: Int) -> JSONValue {
            let numbers = [
                "images": count, "in_channels": inChannels, "out_channels": outChannels, "height": g.inputHeight, "width": g.inputWidth,
                "kernel": g.kernelHeight, "stride": g.strideY, "padding": g.padTop, "out_height": g.outputHeight, "out_width": g.outputWidth,
            ]
            var fields = numbers.mapValues { JSONValue.integer(Int64($0)) }
            fields["kind"] = .string(kind)
            return .object(fields)
        }
        return switch self {
        case .matrix(let m, let n, let k, let transposeA, let transposeB):
            [
                "kind": "matrix", "m": .integer(Int64(m)), "n": .integer(Int64(n)), "k": .integer(Int64(k)), "transpose_a": .bool(transposeA),
                "transpose_b": .bool(transposeB),
            ]
        case .convolution(let g, let count, let inChannels, let outChannels): convolution("convolution", g, count, inChannels, outChannels)
        case .inputGradient(let g, let count, let inChannels, let outChannels): convolution("input-gradient", g, count, inChannels, outChannels)
        case .weightGradient(let g, let count, let inChannels, let outChannels): convolution("weight-gradient", g, count, inChannels, outChannels)
        }
    }
}
