public import Graphs

/// How a model generates examples: a plan with the output "images" [batch, h, w, c] in the data set's range, computed from latents, from a field of given examples, or from both.
public struct Generation: Sendable {
    /// The latents: one row of the input "latents" [batch, dimensions] per example.
    public struct Latents: Sendable, Hashable {
        /// Dimensions of the latent space.
        public let dimensions: Int
        /// Their distribution and stream.
        public let source: RandomSource
        /// The maps that an example's latents consist of, one after another, for a convolutional model; empty where latents have no places.
        public let maps: [ExampleShape]

        /// Creates a description of latents.
        public init(dimensions: Int, source: RandomSource, maps: [ExampleShape] = []) {
            self.dimensions = dimensions
            self.source = source
            self.maps = maps
        }
    }

    /// The plan that generates a batch.
    public let plan: Plan
    /// Shape of a generated example.
    public let images: ExampleShape
    /// Nil if the model is deterministic: one output per condition.
    public let latents: Latents?
    /// The field on which generation is conditioned; nil if it uses latents alone.
    public let condition: BatchField?
    /// Plans for several samples of each condition: the first computes what depends on the condition alone, the second the same images as `plan` from that and from latents.
    /// Its argument is the number of conditions: the batch size, or 1 for a batch of samples of one condition. Nil if nothing is gained, or if the model lacks one of the two.
    public let repeated: (@Sendable (_ conditions: Int) throws(PlanError) -> StagedPlan)?

    /// Creates a generation.
    public init(
        plan: Plan, images: ExampleShape, latents: Latents?, condition: BatchField? = nil,
        repeated: (@Sendable (_ conditions: Int) throws(PlanError) -> StagedPlan)? = nil
    ) {
        self.plan = plan
        self.repeated = repeated
        self.images = images
        self.latents = latents
        self.condition = condition
    }
}

/// The rule by which a run that finished all steps counts as collapsed.
public enum CollapseRule: Sendable, Hashable {
    /// The standard deviation across generated images is below `threshold` times that across training images, both computed over `images` images:
    /// the generator produces nearly the same image for all latents.
    case imageDiversity(images: Int, threshold: Double)

    /// The rule of the study's models: 256 images, threshold 0.05.
    public static let study = CollapseRule.imageDiversity(images: 256, threshold: 0.05)
}
