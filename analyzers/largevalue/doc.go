// largevalue: the check follows
package largevalue
