// deletechurn: the check follows
package deletechurn
