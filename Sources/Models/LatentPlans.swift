import Graphs

/// Plans that use the generator without training it: sampling, and the inversion of the generator by gradient descent.
struct LatentPlans {
    /// Input "latents" [batch, latentDimensions], output "images" [batch, h, w, c].
    let sampling: Plan
    /// Inputs "latents" and "targets" [batch, h, w, c]; outputs "distances" [batch], the squared Euclidean distances between generated images and targets, and
    /// "gradients" [batch, latentDimensions], the gradient of each distance with respect to its own latents.
    let inversion: Plan

    /// - Parameter images: builds the images of latents, in the data set's range, in the latents' graph
    init(batchSize: Int, latentDimensions: Int, images: (_ z: Tensor) -> Tensor) throws(PlanError) {
        let graph = Graph()
        sampling = try Plan(graph, outputs: [("images", images(graph.input("latents", [batchSize, latentDimensions])))])

        let other = Graph()
        let z = other.input("latents", [batchSize, latentDimensions])
        let made = images(z)
        let distances = (made - other.input("targets", made.shape)).squared().sum(axes: [1, 2, 3])
        // Each image depends on its own latents only, so the gradient of the sum contains the gradients of the single distances.
        let gradients = other.gradients(of: distances.sum(), for: [z])
        inversion = try Plan(other, outputs: [("distances", distances), ("gradients", gradients[0])])
    }
}
