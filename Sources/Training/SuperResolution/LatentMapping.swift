internal import Datasets
internal import Engine
internal import Models

/// The latents of images, and the images of latents, for any number of images, by batches of one size.
final class LatentMapping {
    /// Shapes of an image's latents; see `LatentMap.groups`.
    let groups: [ExampleShape]
    /// Standard deviation of the latents of the model's own samples.
    let temperature: Double
    private let batch: Int
    private let encoding: Session
    private let decoding: Session

    /// - Parameter batch: that of the map's plans
    init(_ map: LatentMap, batch: Int, store: TensorStore, device: CPUDevice) throws {
        (groups, temperature, self.batch) = (map.groups, map.temperature, batch)
        encoding = Session(try map.encoding(), store: store, device: device, seed: 0)
        decoding = Session(try map.decoding(), store: store, device: device, seed: 0, sharing: encoding)
    }

    /// - Shapes: y [count, H, W, c] and x [count, h, w, c] in [0, 1] -> [count, latents]
    func latents(of y: [Float], under x: [Float], count: Int) -> [Float] {
        run(encoding, [(ExampleField.images, y), (ExampleField.lowResolution, x)], count: count, output: "latents")
    }

    /// - Shapes: z [count, latents], x [count, h, w, c] in [0, 1] -> [count, H, W, c]
    func images(of z: [Float], under x: [Float], count: Int) -> [Float] {
        run(decoding, [("latents", z), (ExampleField.lowResolution, x)], count: count, output: "images")
    }

    /// A last batch that is not full is filled up with zeros.
    private func run(_ session: Session, _ inputs: [(name: String, values: [Float])], count: Int, output: String) -> [Float] {
        var result: [Float] = []
        for start in stride(from: 0, to: count, by: batch) {
            let taken = Swift.min(batch, count - start)
            for (name, values) in inputs {
                let size = values.count / count
                session.setInput(name, Array(values[start * size..<(start + taken) * size]) + [Float](repeating: 0, count: (batch - taken) * size))
            }
            session.run(step: 0)
            let made = session.output(output)
            result += made.prefix(taken * (made.count / batch))
        }
        return result
    }
}
