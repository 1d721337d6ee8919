internal import Models
internal import Tensors

/// Draws images from a generator with its moving averages, from named latents: the same stream gives the same latents to every run of one
/// latent dimension, whatever its seed.
struct Sampler {
    let program: TrainingProgram
    let session: Session

    /// Images of the latents start ..< start + count of a stream. - Shapes: [count, height, width, channels] in [0, 1]
    func images(stream: RandomStream, start: Int = 0, count: Int, _ receive: (_ images: [Float], _ count: Int) throws -> Void) rethrows {
        let dimensions = program.latentDimensions
        let batch = program.batchSize
        let shape = program.imageShape
        let elements = shape.count
        var done = 0
        while done < count {
            let latents = stream.numbers(program.latentSource.distribution, step: 0, start: (start + done) * dimensions, count: batch * dimensions)
            session.setInput("latents", latents)
            session.run(step: 0)
            let wanted = Swift.min(batch, count - done)
            let images = session.output("images")
            try receive(wanted == batch ? images : Array(images.prefix(wanted * elements)), wanted)
            done += wanted
        }
    }
}
