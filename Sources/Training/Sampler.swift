import Graphs
internal import Models
internal import Numerics
internal import Engine

/// Draws images from a generator with its moving averages, from named latents: the same stream gives the same latents to every run of one
/// latent dimension, whatever its seed.
struct Sampler {
    let program: TrainingProgram
    let session: Session
    /// A session of the program's plan for finding latents.
    let makeInversion: () -> Session

    /// Latents start ..< start + count of a stream. - Shapes: [count, latentDimensions]
    func latents(stream: RandomStream, start: Int, count: Int) -> [Float] {
        let dimensions = program.latentDimensions
        return stream.numbers(program.latentSource.distribution, step: 0, start: start * dimensions, count: count * dimensions)
    }

    /// Images of the latents start ..< start + count of a stream. - Shapes: [count, height, width, channels] in [0, 1]
    func images(stream: RandomStream, start: Int = 0, count: Int, _ receive: (_ images: [Float], _ count: Int) throws -> Void) rethrows {
        let batch = program.batchSize
        let shape = program.imageShape
        let elements = shape.count
        var done = 0
        while done < count {
            session.setInput("latents", latents(stream: stream, start: start + done, count: batch))
            session.run(step: 0)
            let wanted = Swift.min(batch, count - done)
            let images = session.output("images")
            try receive(wanted == batch ? images : Array(images.prefix(wanted * elements)), wanted)
            done += wanted
        }
    }
}
