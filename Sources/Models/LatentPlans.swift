import Graphs

/// What is computed from latents with the generator as it is: images, and how far they are from wanted ones.
struct LatentPlans {
    /// Input "latents" [batch, latentDimensions], output "images" [batch, h, w, c].
    let sampling: Plan
    /// Inputs "latents" and "targets" [batch, h, w, c]; outputs "distances" [batch], the squared Euclidean distances of images and targets, and
    /// "gradients" [batch, latentDimensions], each that of its own distance.
    let inversion: Plan

    /// - Parameter images: builds the images of latents, in the data set's range, in the graph of the latents
    init(batchSize: Int, latentDimensions: Int, images: (_ z: Tensor) -> Tensor) throws(PlanError) {
        let graph = Graph()
        sampling = try Plan(graph, outputs: [("images", images(graph.input("latents", [batchSize, latentDimensions])))])

        let other = Graph()
        let z = other.input("latents", [batchSize, latentDimensions])
        let made = images(z)
        let distances = (made - other.input("targets", made.shape)).squared().sum(axes: [1, 2, 3])
        // Images depend on their own latents alone: the gradient of the sum holds those of the single distances.
        let gradients = other.gradients(of: distances.sum(), for: [z])
        inversion = try Plan(other, outputs: [("distances", distances), ("gradients", gradients[0])])
    }
}
