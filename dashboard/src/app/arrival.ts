/**
 * The query of the address that the browser arrived with. The router takes digits in one for numbers, and cuts off what
 * its pages do not know.
 */
export const arrival = new URLSearchParams(location.search)
