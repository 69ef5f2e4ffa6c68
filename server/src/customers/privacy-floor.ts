/**
 * The privacy floor: of fewer people than this nothing is told that is about others' customers too. One number for
 * all that counts people: reports, previews of imports, simulations. docs/reports.md says what is below it.
 */
export const FEWEST_PEOPLE = 50

/** Whether so many people are enough to tell of them. */
export const isAboveFloor = (people: number): boolean => people >= FEWEST_PEOPLE
