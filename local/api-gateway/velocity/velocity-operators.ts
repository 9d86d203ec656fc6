import { UnsupportedLocally } from '../../aws/aws-service';
import { javaEquals } from './java-methods';
import { toJavaString } from './java-string';
import { isNumber, type JavaValue, NumberLiteral } from './java-value';

type Operand = () => JavaValue;

/** Velocity 1.7's truth: null and false are false, all else is true, the empty string and 0 included. */
export function isTrue(value: JavaValue): boolean {
  return value !== null && value !== false;
}

/** Operands are functions, so that `&&` and `||` leave the second one alone. */
export function evaluateOperator(operator: string, operands: readonly Operand[]): JavaValue {
  const [left, right] = operands as [Operand, Operand];
  switch (operator) {
    case '&&':
      return isTrue(left()) && isTrue(right());
    case '||':
      return isTrue(left()) || isTrue(right());
    case 'not':
      return !isTrue(left());
    case 'parenthesis':
      return left();
    case 'minus':
      return calculate(operator, 0, left(), (zero, value) => zero - value);
    case '==':
      return velocityEquals(left(), right());
    case '!=':
      return !velocityEquals(left(), right());
    case '+':
      return add(left(), right());
    case '-':
      return calculate(operator, left(), right(), (one, other) => one - other);
    case '*':
      return calculate(operator, left(), right(), (one, other) => one * other);
    case '/':
      return calculate(operator, left(), right(), (one, other) => one / other);
    case '%':
      return calculate(operator, left(), right(), (one, other) => one % other);
    case '<':
      return compare(left(), right(), (one, other) => one < other);
    case '<=':
      return compare(left(), right(), (one, other) => one <= other);
    case '>':
      return compare(left(), right(), (one, other) => one > other);
    case '>=':
      return compare(left(), right(), (one, other) => one >= other);
    default:
      throw new UnsupportedLocally(`The operator '${operator}' in a mapping template`);
  }
}

/**
 * Values of different types are compared as strings; so null equals the empty string, which API Gateway was seen to do.
 */
function velocityEquals(one: JavaValue, other: JavaValue): boolean {
  const sameKind = typeof one === typeof other && one !== null && other !== null;
  return sameKind ? javaEquals(one, other) : toJavaString(one) === toJavaString(other);
}

function add(one: JavaValue, other: JavaValue): JavaValue {
  if (one === null || other === null) return null;
  if (isNumber(one) && isNumber(other)) return calculate('+', one, other, (left, right) => left + right);
  return toJavaString(one) + toJavaString(other);
}

/** Whole numbers give whole numbers (`7 / 2` is 3); what cannot be calculated is null, as in Velocity. */
function calculate(
  operator: string,
  one: JavaValue,
  other: JavaValue,
  operation: (one: number, other: number) => number,
): JavaValue {
  if (!isNumber(one) || !isNumber(other)) return null;
  if ((operator === '/' || operator === '%') && Number(other) === 0) return null;
  const result = operation(Number(one), Number(other));
  return isWhole(one) && isWhole(other) ? Math.trunc(result) : result;
}

function isWhole(value: number | NumberLiteral): boolean {
  return value instanceof NumberLiteral ? /^-?\d+$/.test(value.text) : Number.isInteger(value);
}

function compare(one: JavaValue, other: JavaValue, test: (one: number, other: number) => boolean): boolean {
  return isNumber(one) && isNumber(other) && test(Number(one), Number(other));
}
