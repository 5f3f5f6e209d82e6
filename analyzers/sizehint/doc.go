// sizehint: the check follows
package sizehint
