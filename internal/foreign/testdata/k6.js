import http from 'k6/http';
import { sleep } from 'k6';

export const options = {
  scenarios: { ramp: { executor: 'ramping-vus', startVUs: 1, stages: [{ duration: '3s', target: 4 }], gracefulStop: '1s', gracefulRampDown: '1s' } },
};

export function setup() {
  http.get(`http://${__ENV.SERVER}/`);
}

export default function () {
  http.get(`http://${__ENV.SERVER}/`, { timeout: '300ms' });
  if (__ITER % 8 == 5) {
    http.get(`http://${__ENV.CLOSED}/`, { timeout: '300ms' });
  }
  if (__ITER % 8 == 6) { // an error that is expected
    http.get(`http://${__ENV.SERVER}/`, { timeout: '300ms', responseCallback: http.expectedStatuses(201) });
  }
  sleep(0.05);
}
