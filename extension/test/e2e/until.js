// until asks again and again until the answer is yes.
async function until(what, fn, ms = 60_000) {
  const end = Date.now() + ms;
  for (let last; ;) {
    try {
      last = await fn();
      if (last) return last;
    } catch (err) {
      last = err;
    }
    if (Date.now() > end) throw new Error(`after ${ms / 1000} s still not: ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

module.exports = { until };
