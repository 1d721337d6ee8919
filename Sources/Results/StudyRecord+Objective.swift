package import Catalog
import Canonical
package import Studies

extension StudyRecord {
    /// What the study's plan optimizes.
    package var objective: Objective { Objective(ofPlan: JSONValue(stored: plan)) }
}
