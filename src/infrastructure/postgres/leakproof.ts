/**
 * Functions behind the operators that filters use. Under row-level security the planner uses an index for a caller's condition only if
 * its functions are leak-proof (PostgreSQL manual, "Rules and Privileges"); these are not by default because they can raise an overflow.
 */
export const leakproofFunctions: readonly string[] = [
  ...['numeric_eq', 'numeric_ne', 'numeric_lt', 'numeric_le', 'numeric_gt', 'numeric_ge', 'numeric_cmp'],
  ...['texticlike', 'texticnlike', 'textlike', 'textnlike', 'starts_with'],
  ...['similarity_op', 'word_similarity_op', 'word_similarity_commutator_op', 'strict_word_similarity_op', 'strict_word_similarity_commutator_op'],
  ...['cube_contains', 'cube_contained', 'cube_overlap', 'cube_eq', 'cube', 'cube_distance', 'earth', 'll_to_earth', 'earth_box', 'earth_distance'],
  // What `ll_to_earth` consists of once the planner has put it in line.
  ...['radians', 'dcos', 'cos', 'dsin', 'sin', 'float8mul', 'float8div', 'float8', 'numeric_float8'],
  ...['arraycontains', 'arraycontained', 'arrayoverlap', 'jsonb_contains'],
];
